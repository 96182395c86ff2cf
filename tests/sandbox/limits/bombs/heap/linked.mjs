// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
let head = null;
for (;;) head = { head };
