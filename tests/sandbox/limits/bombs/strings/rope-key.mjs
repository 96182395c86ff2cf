// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
let s = 'k';
for (let i = 0; i < 27; i++) s += s;
const o = {}; o[s] = 1; console.log(Object.keys(o).length);
