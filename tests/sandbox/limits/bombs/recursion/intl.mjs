// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { valueOf() { return new Intl.NumberFormat().format(o); } };
new Intl.NumberFormat().format(o);
console.log('ended');
} catch (e) { console.log(e.name); }
