// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { toString() { return btoa(o); } };
btoa(o);
console.log('ended');
} catch (e) { console.log(e.name); }
