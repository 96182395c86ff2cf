// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
const all = [];
for (;;) all.push(new Intl.Collator('sv', { numeric: true }));
