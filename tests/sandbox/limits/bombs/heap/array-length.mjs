// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (;;) { const a = []; a.length = 3e7; a.fill(1); all.push(a); }
