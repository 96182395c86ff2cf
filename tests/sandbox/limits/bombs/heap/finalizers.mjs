// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
const r = new FinalizationRegistry(() => {});
for (;;) { const k = {}; all.push(k); r.register(k, 1); }
