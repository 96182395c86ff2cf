// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { toString() { return new URL(o).href; } };
new URL(o);
console.log('ended');
} catch (e) { console.log(e.name); }
