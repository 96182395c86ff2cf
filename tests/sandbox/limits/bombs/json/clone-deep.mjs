// verdict: memory-limit
// memory: 16MiB
// jit: true false
// long: only
let v = [];
for (let i = 0; i < 1e6; i++) v = [v];
try { structuredClone(v); } catch (e) { console.log(e.name); }
