// verdict: cpu-limit
// memory: 16MiB 32MiB
// jit: true false
// cpu: 200ms
for (;;) {}
