// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const p = new Proxy({}, {});
Object.setPrototypeOf(p, p);
p.x;
console.log('ended');
} catch (e) { console.log(e.name); }
