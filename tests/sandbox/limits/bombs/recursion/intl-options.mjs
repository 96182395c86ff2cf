// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { get style() { new Intl.NumberFormat('en', o); } };
new Intl.NumberFormat('en', o);
console.log('ended');
} catch (e) { console.log(e.name); }
