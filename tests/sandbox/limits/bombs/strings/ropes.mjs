// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
let s = 'ab';
const all = [];
for (;;) { s = 'ab'; while (s.length < 2 ** 28) s += s; all.push(s); s.charCodeAt(1); /x/.test(s); }
