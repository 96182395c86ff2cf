// verdict: ok
// prints: RangeError RangeError
// memory: 32MiB
// jit: true false
// long: only
for (const n of [2 ** 40, 2 ** 47, 2 ** 52]) { try { new ArrayBuffer(1, { maxByteLength: n }); } catch (e) { console.log(e.name); } }
