// verdict: memory-limit
// memory: 16MiB
// jit: true false
const all = [];
for (;;) all.push(new Map([[1, 2]]));
