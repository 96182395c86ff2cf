// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
const a = new Array(1000).fill(new Array(1000).fill(1));
for (;;) all.push(a.flat());
