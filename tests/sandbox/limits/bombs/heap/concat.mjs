// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
let a = [1, 2, 3];
for (;;) a = a.concat(a);
