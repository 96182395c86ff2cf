// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const bytes = new Uint8Array(4e6).fill(65);
const all = [];
for (;;) all.push(new TextDecoder().decode(bytes));
