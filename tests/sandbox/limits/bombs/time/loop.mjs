// verdict: wall-limit
// memory: 32MiB
// jit: true false
// wall: 300ms
for (;;) {}
