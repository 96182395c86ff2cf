// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const p = new URLSearchParams();
for (let i = 0; ; i++) p.append('k' + i, 'v' + i);
