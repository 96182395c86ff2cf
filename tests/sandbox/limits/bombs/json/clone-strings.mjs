// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
const a = 'x'.repeat(5e6);
const all = [];
for (;;) all.push(structuredClone({ a }));
