// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const p = new URLSearchParams('a=' + '\u4e2d'.repeat(3e7));
console.log(p.toString().length);
