// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { get a() { return structuredClone(o); } };
structuredClone(o);
console.log('ended');
} catch (e) { console.log(e.name); }
