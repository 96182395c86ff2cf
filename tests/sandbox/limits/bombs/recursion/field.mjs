// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
class A { a = new A(); }
new A();
console.log('ended');
} catch (e) { console.log(e.name); }
