// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (let i = 0; ; i++) { all.push(new Uint8Array(10000), {}, 'x' + i, [i, i], new ArrayBuffer(1 << 18)); }
