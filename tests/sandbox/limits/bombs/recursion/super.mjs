// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
class A { f() { return this.g(); } }
class B extends A { g() { return super.f(); } }
new B().f();
console.log('ended');
} catch (e) { console.log(e.name); }
