// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const all = [];
for (;;) all.push('x'.padEnd(2 ** 28, 'yz').concat('q').trim());
