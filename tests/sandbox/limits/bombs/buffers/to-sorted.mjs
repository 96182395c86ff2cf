// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const a = new Float64Array(1e5);
const all = [];
for (;;) all.push(a.toSorted((x, y) => x - y), a.toReversed(), a.with(0, 1));
