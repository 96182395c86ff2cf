// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (;;) all.push(new ArrayBuffer(1, { maxByteLength: 2 }));
