// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
const all = [];
for (;;) { try { for (;;) all.push({ n: all.length, text: 'x' + all.length }); } catch {} }
