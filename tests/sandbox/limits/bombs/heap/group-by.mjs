// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
const all=[];
for (;;) all.push(Object.groupBy(new Array(1e5).fill(1), (_, i) => i % 1000));
