// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const f = () => [1].forEach(f);
f();
console.log('ended');
} catch (e) { console.log(e.name); }
