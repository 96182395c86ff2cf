// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
try {
const f = () => [2, 1].sort(f);
f();
console.log('ended');
} catch (e) { console.log(e.name); }
