// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// eval: true
// long: only
try { new Function('let ' + Array.from({ length: 3e5 }, (_, i) => 'a' + i).join() + '; return 1')(); console.log('ended'); } catch (e) { console.log(e.name); }
