// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const a = new ArrayBuffer(1 << 16, { maxByteLength: 1 << 30 });
const all = [];
for (;;) all.push(structuredClone(a));
