// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
let s = '';
for (let i = 0; ; i++) { s += 'x' + i; if (i % 1000000 === 0) s.charCodeAt(0); }
