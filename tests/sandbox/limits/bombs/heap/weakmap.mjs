// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
const m = new WeakMap();
for (;;) { const k = {}; all.push(k); m.set(k, {}); }
