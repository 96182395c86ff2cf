// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
try { JSON.parse('['.repeat(2e6) + ']'.repeat(2e6)); console.log('parsed'); } catch (e) { console.log(e.name); }
