// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
const all = [];
for (let i = 0; ; i++) all.push('number ' + i + 'x'.repeat(40));
