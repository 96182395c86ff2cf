// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const f = () => Reflect.apply(f, null, []);
f();
console.log('ended');
} catch (e) { console.log(e.name); }
