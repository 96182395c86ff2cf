// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const a = new Array(1e5).fill('x'.repeat(5000));
try { console.log(a.join('').length); } catch (e) { console.log(e.name); }
