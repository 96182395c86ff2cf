// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { get a() { const { a } = o; return a; } };
const { a } = o;
console.log('ended');
} catch (e) { console.log(e.name); }
