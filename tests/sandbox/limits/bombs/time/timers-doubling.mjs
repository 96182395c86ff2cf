// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const again = () => { setTimeout(again, 0); setTimeout(again, 0); };
again();
