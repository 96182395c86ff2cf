// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// eval: true
const all = [];
for (let i = 0; ; i++) all.push(new Function('a', `let s = ${i}; for (let j = 0; j < a; j++) s += j * ${i}; return s;`));
