// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const f = (s) => f`x`;
f`y`;
console.log('ended');
} catch (e) { console.log(e.name); }
