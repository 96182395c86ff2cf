// verdict: memory-limit
// memory: 16MiB
// jit: true false
// long: only
const all = [];
Error.stackTraceLimit = 1000;
function f(n) { return n ? f(n - 1) : new Error('x'); }
for (;;) all.push(f(100));
