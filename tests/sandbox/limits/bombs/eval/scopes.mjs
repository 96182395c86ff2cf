// verdict: ok
// prints: RangeError
// memory: 32MiB 128MiB
// jit: true false
// eval: true
try { new Function('{let a;'.repeat(20000) + '}'.repeat(20000))(); console.log('ended'); } catch (e) { console.log(e.name); }
