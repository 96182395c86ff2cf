// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { get a() { console.log(o); } , toString() { console.log(`${o}`); } };
console.log('%s %o', o, o);
console.log('ended');
} catch (e) { console.log(e.name); }
