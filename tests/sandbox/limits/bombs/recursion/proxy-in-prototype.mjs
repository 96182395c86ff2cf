// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = {};
const p = new Proxy(o, {});
Object.setPrototypeOf(o, p);
o.x;
console.log('ended');
} catch (e) { console.log(e.name); }
