// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
const all = [];
for (;;) all.push({});
