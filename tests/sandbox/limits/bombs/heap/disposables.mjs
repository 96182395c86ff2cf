// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (;;) { const s = new DisposableStack(); s.defer(() => {}); all.push(s); }
