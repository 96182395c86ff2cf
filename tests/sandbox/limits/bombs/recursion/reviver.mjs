// verdict: ok
// prints: RangeError
// memory: 32MiB 128MiB
// jit: true false
try {
const f = () => JSON.parse('[1]', f);
f();
console.log('ended');
} catch (e) { console.log(e.name); }
