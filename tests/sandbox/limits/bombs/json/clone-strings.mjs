// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const a = 'x'.repeat(5e6);
const all = [];
for (;;) all.push(structuredClone({ a }));
