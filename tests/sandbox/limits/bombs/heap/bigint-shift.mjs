// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
const all = [];
for (;;) { try { all.push(1n << 2n ** 29n); } catch (e) { if (e.name !== 'RangeError') throw e; } }
