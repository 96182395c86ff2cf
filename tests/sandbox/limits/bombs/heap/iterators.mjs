// verdict: memory-limit
// memory: 16MiB
// jit: true false
// long: only
const all = [];
for (;;) all.push([1].values().map((x) => x).filter(Boolean));
