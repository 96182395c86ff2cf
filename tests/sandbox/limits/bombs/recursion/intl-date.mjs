// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { get timeZone() { new Intl.DateTimeFormat('en', o); } };
new Intl.DateTimeFormat('en', o);
console.log('ended');
} catch (e) { console.log(e.name); }
