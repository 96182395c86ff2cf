// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (;;) all.push(new Array(1e6).fill(0).map((_, i) => -i).toSorted((a, b) => a - b));
