// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { valueOf() { return Atomics.load(new Int32Array(1), o); } };
Atomics.load(new Int32Array(1), o);
console.log('ended');
} catch (e) { console.log(e.name); }
