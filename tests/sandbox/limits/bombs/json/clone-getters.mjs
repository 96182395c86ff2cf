// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
const o = { get a() { return structuredClone(this); } };
try { structuredClone(o); } catch (e) { console.log(e.name); }
