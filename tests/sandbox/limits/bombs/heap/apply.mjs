// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
try { Math.max.apply(null, { length: 2 ** 26 }); } catch (e) { console.log(e.name); }
