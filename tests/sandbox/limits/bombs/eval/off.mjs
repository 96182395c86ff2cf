// verdict: wall-limit
// memory: 32MiB 128MiB
// jit: true false
// wall: 300ms
// long: only
for (;;) { try { eval('1'); } catch { try { new Function('1'); } catch {} } }
