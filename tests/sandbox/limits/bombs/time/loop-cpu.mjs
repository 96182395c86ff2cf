// verdict: cpu-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// cpu: 200ms
for (;;) {}
