// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
let n = 0;
const s = 'x'.repeat(5e7).replace(/x/g, () => 'yy' + n++);
console.log(s.length);
