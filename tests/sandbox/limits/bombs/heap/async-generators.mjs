// verdict: memory-limit
// memory: 16MiB
// jit: true false
const all = [];
async function* make() { yield 1; }
for (;;) { const g = make(); g.next(); g.next(); all.push(g); }
