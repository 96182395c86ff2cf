// verdict: memory-limit
// memory: 16MiB
// jit: true false
const o = {};
for (let i = 0; ; i++) o['key' + i] = i;
