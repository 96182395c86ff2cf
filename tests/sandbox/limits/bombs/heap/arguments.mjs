// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
function f() { return arguments; }
for (;;) all.push(f(1, 2, 3, 4));
