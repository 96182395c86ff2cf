// verdict: memory-limit
// memory: 32MiB 16MiB
// jit: true false
// long: only
for (;;) import('./main.mjs');
