// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
function* g() { yield* g(); }
g().next();
console.log('ended');
} catch (e) { console.log(e.name); }
