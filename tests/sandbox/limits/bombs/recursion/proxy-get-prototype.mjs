// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const p = new Proxy({}, { getPrototypeOf: () => Object.getPrototypeOf(p) });
Object.getPrototypeOf(p);
console.log('ended');
} catch (e) { console.log(e.name); }
