// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
const all = [];
for (let i = 0; ; i++) all[i * 5000] = i;
