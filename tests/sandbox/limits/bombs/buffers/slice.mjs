// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
const a = new Uint8Array(1 << 20);
const all = [];
for (;;) all.push(a.slice());
