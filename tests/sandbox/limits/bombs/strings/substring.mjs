// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const all = [];
for (let i = 0; ; i++) { const s = ('p' + i).repeat(1e6); all.push(s.substring(1, 50)); }
