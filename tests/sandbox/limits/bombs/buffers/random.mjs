// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (;;) all.push(crypto.getRandomValues(new Uint8Array(65536)));
