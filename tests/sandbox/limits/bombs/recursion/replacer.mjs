// verdict: ok
// prints: RangeError
// memory: 32MiB 128MiB
// jit: true false
try {
const f = () => JSON.stringify({}, f);
f();
console.log('ended');
} catch (e) { console.log(e.name); }
