// verdict: memory-limit
// memory: 16MiB 128MiB 32MiB
// jit: true false
let a = 'x'.repeat(1000);
for (let i = 0; i < 30; i++) a = [a, a];
try { JSON.stringify(a); } catch (e) { console.log(e.name); }
