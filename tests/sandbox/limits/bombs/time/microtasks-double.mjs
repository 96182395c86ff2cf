// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
const again = () => { queueMicrotask(again); queueMicrotask(again); };
again();
