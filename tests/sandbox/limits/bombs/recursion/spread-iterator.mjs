// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { [Symbol.iterator]: () => [...o] };
[...o];
console.log('ended');
} catch (e) { console.log(e.name); }
