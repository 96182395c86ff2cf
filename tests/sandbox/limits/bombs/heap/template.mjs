// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const f = (s) => s;
const all=[];
for (let i = 0; ; i++) all.push(String.raw({ raw: new Array(1000).fill('x'.repeat(100) + i) }));
