// verdict: memory-limit
// memory: 32MiB 16MiB 128MiB
// jit: true false
// long: only
const m = new Map();
for (let i = 0; ; i++) m.set({}, { i });
