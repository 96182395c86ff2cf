// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const s = 'x'.repeat(4e6);
const all = [];
for (;;) all.push(btoa(s));
