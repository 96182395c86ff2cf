// verdict: memory-limit
// memory: 16MiB
// jit: true false
// long: only
const a = []; a.length = 2 ** 32 - 1; a[5] = 1;
const all=[];
for (;;) all.push(structuredClone(a));
