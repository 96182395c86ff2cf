// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
try {
(function f(a) { const x = [a, a, a, a]; return f(x) + f(a); })(1);
console.log('ended');
} catch (e) { console.log(e.name); }
