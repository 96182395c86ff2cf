// verdict: wall-limit
// memory: 32MiB 128MiB
// jit: true false
// wall: 300ms
// long: only
setTimeout(() => {}, 2 ** 31 - 1);
