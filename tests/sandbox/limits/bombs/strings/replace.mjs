// verdict: ok
// prints: RangeError
// memory: 32MiB 128MiB
// jit: true false
// long: only
try { console.log('x'.repeat(1e6).replace(/x/g, 'y'.repeat(1e5)).length); } catch (e) { console.log(e.name); }
