// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
console.log([...'x'.repeat(1e8).matchAll(/x/g)].length);
