// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const m = new Map();
for (let i = 0; i < 1e5; i++) m.set(i, { i });
const all = [];
for (;;) all.push(structuredClone(m));
