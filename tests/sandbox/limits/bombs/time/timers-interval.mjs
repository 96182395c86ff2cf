// verdict: wall-limit
// memory: 32MiB 128MiB
// jit: true false
// wall: 500ms
// long: only
for (let i = 0; i < 1000; i++) setInterval(() => {}, 1);
