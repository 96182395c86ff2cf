// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
const all = [];
let n = 0;
try { for (;;) { all.push(new ArrayBuffer(0, { maxByteLength: 2 ** 32 })); n++; } } catch (e) { console.log(e.name); }
