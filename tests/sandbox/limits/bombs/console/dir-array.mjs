// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
console.dir(Array.from({ length: 1e6 }, (_, i) => ({ i })), { maxArrayLength: null, depth: null });
