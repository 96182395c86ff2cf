// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
let a = new ArrayBuffer(8);
const all = [];
for (let i = 1; ; i++) { a = a.transfer(a.byteLength + 65536); all.push(a.slice(0)); }
