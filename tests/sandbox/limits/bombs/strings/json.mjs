// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const all = [];
for (let i = 0; ; i++) all.push(JSON.stringify('"' .repeat(1e6) + i));
