// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const f = () => Uint8Array.from([1], f);
f();
console.log('ended');
} catch (e) { console.log(e.name); }
