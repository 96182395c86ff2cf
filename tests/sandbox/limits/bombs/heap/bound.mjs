// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
let f = () => 1;
const all = [];
for (;;) all.push(f.bind(null, 1, 2, 3));
