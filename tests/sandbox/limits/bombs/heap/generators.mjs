// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
const all = [];
function* make() { const kept = new Array(10); yield kept; }
for (;;) { const g = make(); g.next(); all.push(g); }
