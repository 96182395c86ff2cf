// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
const all = [];
for (;;) { const a = []; a.length = 3e7; a.fill(1); all.push(a); }
