// verdict: memory-limit
// memory: 16MiB 128MiB
// jit: true false
let s = 'aaaaaaaaaaaaaaaa';
for (let i = 0; i < 5e6; i++) s = 'x' + s;
console.log(s.indexOf('q'));
