// verdict: wall-limit
// memory: 32MiB
// jit: true false
// wall: 300ms
// long: only
setTimeout(async () => { for (;;) await null; }, 1);
