// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
let head = null;
for (;;) head = { head };
