// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const all = [];
for (;;) { try { for (;;) all.push({ n: all.length, text: 'x' + all.length }); } catch {} }
