// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
const x = 1n << 2n ** 22n;
for (;;) all.push(x.toString(2));
