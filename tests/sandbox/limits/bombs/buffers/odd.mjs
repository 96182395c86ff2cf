// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
const all = [];
for (let i = 1; ; i = (i * 7) % 500009) all.push(new Uint8Array(i));
