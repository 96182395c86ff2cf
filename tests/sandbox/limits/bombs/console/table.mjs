// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
console.table(Array.from({ length: 1e5 }, (_, i) => ({ ['k' + i % 100]: i })));
