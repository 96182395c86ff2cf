// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const a = new ArrayBuffer(0, { maxByteLength: 2 ** 32 });
let n = 0;
try { for (;;) { n += 65536; a.resize(n); } } catch (e) { console.log(e.name); }
