// verdict: wall-limit
// memory: 32MiB
// jit: true false
// wall: 500ms
// long: only
const a = []; a.length = 2 ** 32 - 1;
a.sort(); a.reverse(); a.lastIndexOf(1);
