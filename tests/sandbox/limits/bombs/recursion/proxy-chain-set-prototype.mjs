// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
let p = {};
for (let i = 0; i < 1e5; i++) p = new Proxy(p, {});
Object.setPrototypeOf(p, null);
console.log('ended');
} catch (e) { console.log(e.name); }
