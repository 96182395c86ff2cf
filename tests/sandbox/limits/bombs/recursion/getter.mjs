// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { get a() { return this.a; } };
o.a;
console.log('ended');
} catch (e) { console.log(e.name); }
