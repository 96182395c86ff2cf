// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const a = new Array(1e7).fill(1);
try { Math.max(...a); } catch (e) { console.log(e.name); }
