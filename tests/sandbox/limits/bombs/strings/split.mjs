// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
const a = 'x,'.repeat(2 ** 27).split(',');
console.log(a.length);
