// verdict: wall-limit
// memory: 128MiB 32MiB
// jit: true false
// wall: 300ms
// long: only
const again = () => process.nextTick(again);
again();
