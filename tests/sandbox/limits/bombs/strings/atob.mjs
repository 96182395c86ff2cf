// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const s = 'eHh4'.repeat(1e6);
const all = [];
for (;;) all.push(atob(s));
