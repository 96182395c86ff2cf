// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const s = '9'.repeat(2 ** 28);
console.log(Number(s));
