// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
let a = [1, 2, 3];
for (;;) a = a.concat(a);
