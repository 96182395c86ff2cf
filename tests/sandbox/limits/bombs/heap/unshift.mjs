// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const a = new Array(1e6).fill(0);
for (;;) a.unshift(...a.slice(0, 50000));
