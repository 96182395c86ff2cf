// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
let a = [1];
for (let i = 0; i < 40; i++) a = [a, a];
console.dir(a, { depth: null });
