// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
function* g(n) { if (n) yield* g(n - 1); else yield 1; }
[...g(1e5)];
console.log('ended');
} catch (e) { console.log(e.name); }
