// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
const never = new Promise(() => {});
for (;;) never.then(() => {});
