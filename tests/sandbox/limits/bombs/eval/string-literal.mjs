// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// eval: true
// long: only
const all = [];
for (let i = 0; ; i++) all.push(new Function(`return '${('x' + i).repeat(1e5)}'`));
