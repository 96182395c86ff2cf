// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const f = () => [1].values().flatMap(f).next();
f();
console.log('ended');
} catch (e) { console.log(e.name); }
