// verdict: wall-limit
// memory: 128MiB 32MiB
// jit: true false
// wall: 300ms
const again = () => { Promise.resolve().then(again); };
again();
