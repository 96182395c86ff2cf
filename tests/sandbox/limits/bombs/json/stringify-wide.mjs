// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const a = new Array(2e6).fill({ a: 1, b: 'xxxxxxxx' });
const all = [];
for (;;) { try { all.push(JSON.stringify(a)); } catch (e) { console.log(e.name); } }
