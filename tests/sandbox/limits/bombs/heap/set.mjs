// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const m = new Set();
for (let i = 0; ; i++) m.add('k' + i);
