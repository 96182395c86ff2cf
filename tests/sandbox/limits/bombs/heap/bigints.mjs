// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (let i = 1n; ; i++) all.push(i << 4000n);
