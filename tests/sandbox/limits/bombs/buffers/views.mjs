// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
const buffer = new ArrayBuffer(8);
const all = [];
for (;;) all.push(new DataView(buffer), new Uint8Array(buffer));
