// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (let n = 1 << 20; ; n *= 2) { try { all.push(new Uint8Array(n)); } catch (e) { console.log(e.name); break; } }
