// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
try {
const p = new Proxy({}, { ownKeys: () => Reflect.ownKeys(p) });
Object.keys(p);
console.log('ended');
} catch (e) { console.log(e.name); }
