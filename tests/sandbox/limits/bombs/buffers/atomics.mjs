// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (;;) { const a = new Int32Array(10000); Atomics.store(a, 0, 1); all.push(a); }
