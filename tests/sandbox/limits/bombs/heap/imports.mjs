// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
for (;;) import('./main.mjs');
