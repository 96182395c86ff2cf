// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
try {
const p = new Proxy({}, { has: (t, k) => k in p });
'x' in p;
console.log('ended');
} catch (e) { console.log(e.name); }
