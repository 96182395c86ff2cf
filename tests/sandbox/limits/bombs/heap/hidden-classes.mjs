// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (let i = 0; ; i++) { const o = {}; for (let j = 0; j < 20; j++) o['k' + i + '_' + j] = j; all.push(o); }
