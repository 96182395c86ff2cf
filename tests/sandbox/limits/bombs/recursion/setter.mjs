// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { set a(v) { this.a = v; } };
o.a = 1;
console.log('ended');
} catch (e) { console.log(e.name); }
