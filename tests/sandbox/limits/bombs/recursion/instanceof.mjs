// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
class A { static [Symbol.hasInstance](v) { return v instanceof A; } }
({}) instanceof A;
console.log('ended');
} catch (e) { console.log(e.name); }
