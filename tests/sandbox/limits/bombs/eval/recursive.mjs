// verdict: ok
// prints: RangeError
// memory: 32MiB 128MiB
// jit: true false
// eval: true
try { (function f() { eval('f()'); })(); } catch (e) { console.log(e.name); }
