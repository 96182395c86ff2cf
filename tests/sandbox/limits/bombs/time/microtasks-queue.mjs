// verdict: wall-limit
// memory: 32MiB 128MiB
// jit: true false
// wall: 300ms
// long: only
const again = () => queueMicrotask(again);
again();
