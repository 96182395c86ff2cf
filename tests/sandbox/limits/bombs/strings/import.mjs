// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
let s = 'x';
while (s.length < 2 ** 28) s += s;
import('./' + s).catch((e) => console.log(e.name));
