// verdict: wall-limit
// memory: 32MiB 128MiB
// jit: true false
// wall: 300ms
const again = () => { Promise.resolve().then(again); };
again();
