// verdict: memory-limit
// memory: 16MiB 128MiB
// jit: true false
const again = () => { process.nextTick(again); process.nextTick(again); };
again();
