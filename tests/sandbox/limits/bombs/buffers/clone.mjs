// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const a = new Uint8Array(1 << 20);
const all = [];
for (;;) all.push(structuredClone(a));
