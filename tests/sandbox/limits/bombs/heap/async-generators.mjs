// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const all = [];
async function* make() { yield 1; }
for (;;) { const g = make(); g.next(); g.next(); all.push(g); }
