// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
for (let i = 0; ; i++) import('data:' + i).catch(() => {});
