// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
try { Math.max.apply(null, { length: 2 ** 26 }); } catch (e) { console.log(e.name); }
