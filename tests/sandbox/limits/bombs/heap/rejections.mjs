// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
for (;;) Promise.reject(new Error('x'));
