// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const all = [];
const s = 'x'.repeat(1e6);
for (;;) all.push(new URL('http://a/' + s));
