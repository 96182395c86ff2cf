// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const a = new Array(10000).fill(0);
const f = () => f(...a);
f();
console.log('ended');
} catch (e) { console.log(e.name); }
