// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
console.log(JSON.parse('[' + '{},'.repeat(2e7) + '1]').length);
