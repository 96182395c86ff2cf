// verdict: output-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
const again = () => { console.log('z'.repeat(10000)); Promise.resolve().then(again); };
again();
