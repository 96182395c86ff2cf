// verdict: wall-limit
// memory: 32MiB
// jit: true false
// wall: 300ms
// long: only
const a = []; a.length = 2 ** 32 - 1;
for (;;) a.includes(1);
