// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (;;) { const r = new ArrayBuffer(1 << 20, { maxByteLength: 2 << 20 }); all.push(r.transferToFixedLength()); }
