// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
let a = 1;
for (let i = 0; i < 4000; i++) a = [a];
try { for (;;) JSON.stringify(a, null, 10); } catch (e) { console.log(e.name); }
