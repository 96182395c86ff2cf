// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
let x = 3n;
const all = [];
for (;;) { try { x = x * x; all.push(x); } catch (e) { if (e.name !== 'RangeError') throw e; x = 3n; } }
