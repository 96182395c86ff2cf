// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// wall: 3s
for (let i = 0; i < 1e6; i++) setTimeout(() => {}, 1e6 + i);
