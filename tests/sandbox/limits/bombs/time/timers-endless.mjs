// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
for (let i = 0; ; i++) setTimeout(() => {}, i);
