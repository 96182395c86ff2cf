// verdict: wall-limit
// memory: 32MiB
// jit: true false
// wall: 300ms
// long: only
setInterval(() => {}, 1e6);
await new Promise(() => {});
