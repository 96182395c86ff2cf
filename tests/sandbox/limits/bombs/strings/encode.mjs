// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
let s = 'xy';
while (s.length < 2 ** 28) s += s;
const all = [];
for (;;) all.push(new TextEncoder().encode(s));
