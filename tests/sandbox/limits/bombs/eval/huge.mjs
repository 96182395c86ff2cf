// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// eval: true
const f = new Function('return [' + '1,'.repeat(1e7) + ']');
console.log(f().length);
