// verdict: output-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
for (;;) console.log('x'.repeat(1000));
