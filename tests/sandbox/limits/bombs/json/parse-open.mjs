// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
try { JSON.parse('['.repeat(1e7)); } catch (e) { console.log(e.name); }
