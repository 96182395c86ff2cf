// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const a = new Array(1e6).fill(1);
const all = [];
for (;;) all.push(Object.entries(a));
