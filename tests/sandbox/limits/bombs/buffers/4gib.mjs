// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
const all = [];
for (let i = 0; i < 1024; i++) all.push(new ArrayBuffer(4 << 20));
console.log('never');
