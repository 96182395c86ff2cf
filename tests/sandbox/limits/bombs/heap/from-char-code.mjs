// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const a = new Array(5e6).fill(65);
try { String.fromCharCode.apply(null, a); } catch (e) { console.log(e.name); }
