// verdict: wall-limit
// memory: 32MiB
// jit: true false
// wall: 300ms
// long: only
let x = 3n ** 2000000n;
for (;;) (x * x).toString();
