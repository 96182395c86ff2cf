// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
for (;;) { try { new URL('http://a/' + '\u4e2d'.repeat(1e8)); } catch (e) { console.log(e.name); } }
