// verdict: ok
// prints: RangeError
// memory: 32MiB 128MiB
// jit: true false
try {
const o = { get a() { return this.a; } };
o.a;
console.log('ended');
} catch (e) { console.log(e.name); }
