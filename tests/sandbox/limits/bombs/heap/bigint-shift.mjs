// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (;;) { try { all.push(1n << 2n ** 29n); } catch (e) { if (e.name !== 'RangeError') throw e; } }
