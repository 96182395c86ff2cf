// verdict: ok
// prints: RangeError
// memory: 32MiB 128MiB
// jit: true false
// long: only
try {
const f = () => 'x'.replace(/x/, f);
f();
console.log('ended');
} catch (e) { console.log(e.name); }
