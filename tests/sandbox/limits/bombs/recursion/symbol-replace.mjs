// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { [Symbol.replace]: () => ''.replace(o) };
''.replace(o);
console.log('ended');
} catch (e) { console.log(e.name); }
