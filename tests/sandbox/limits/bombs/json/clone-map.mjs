// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
const m = new Map();
for (let i = 0; i < 1e5; i++) m.set(i, { i });
const all = [];
for (;;) all.push(structuredClone(m));
