// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
for (let i = 0; ; i++) { console.time('t' + i); }
