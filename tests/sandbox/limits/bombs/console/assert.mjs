// verdict: output-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// output: 64KiB
for (;;) console.assert(false, 'no');
