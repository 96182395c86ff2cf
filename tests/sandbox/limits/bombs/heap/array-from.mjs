// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
console.log(Array.from({ length: 2 ** 31 }).length);
