// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
let s = 'x';
while (s.length < 2 ** 28) s += s;
const e = new Error('x'); Object.defineProperty(e, 'name', {value: s}); console.log(e); throw e;
