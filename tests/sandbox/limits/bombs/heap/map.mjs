// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
const m = new Map();
for (let i = 0; ; i++) m.set(i, i);
