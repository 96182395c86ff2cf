// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { toString() { return new TextEncoder().encode(o); } };
new TextEncoder().encode(o);
console.log('ended');
} catch (e) { console.log(e.name); }
