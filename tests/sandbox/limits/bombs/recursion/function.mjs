// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
try {
(function f() { f(); })();
console.log('ended');
} catch (e) { console.log(e.name); }
