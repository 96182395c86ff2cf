// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { get [Symbol.isConcatSpreadable]() { return [].concat(o); } };
[].concat(o);
console.log('ended');
} catch (e) { console.log(e.name); }
