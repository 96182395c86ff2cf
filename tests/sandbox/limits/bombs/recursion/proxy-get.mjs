// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
try {
const p = new Proxy({}, { get: (t, k, r) => r[k] });
p.x;
console.log('ended');
} catch (e) { console.log(e.name); }
