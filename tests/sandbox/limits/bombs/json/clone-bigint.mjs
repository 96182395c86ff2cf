// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const a = 1n << 8000000n;
const all = [];
for (;;) all.push(structuredClone(a));
