// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
console.log([...'.'.repeat(5e8)].length);
