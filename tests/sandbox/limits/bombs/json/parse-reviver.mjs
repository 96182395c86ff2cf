// verdict: ok
// prints: RangeError
// memory: 32MiB 128MiB
// jit: true false
try { JSON.parse('['.repeat(5e4) + ']'.repeat(5e4), (k, v) => v); } catch (e) { console.log(e.name); }
