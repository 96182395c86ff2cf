// verdict: ok
// prints: RangeError
// memory: 32MiB 128MiB
// jit: true false
// long: only
try {
const a = new ArrayBuffer(0, { maxByteLength: 10 });
const o = { valueOf() { a.resize(o); } };
a.resize(o);
console.log('ended');
} catch (e) { console.log(e.name); }
