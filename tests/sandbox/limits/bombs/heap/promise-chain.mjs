// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const never = new Promise(() => {});
for (;;) never.then(() => {});
