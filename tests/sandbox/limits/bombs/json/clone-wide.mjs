// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const a = new Array(2e6).fill(0).map((_, i) => ({ i }));
const all = [];
for (;;) all.push(structuredClone(a));
