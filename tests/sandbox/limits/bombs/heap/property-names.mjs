// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const o = {};
for (let i = 0; ; i++) o['key' + i] = i;
