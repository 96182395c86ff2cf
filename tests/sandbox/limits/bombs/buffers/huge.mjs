// verdict: ok
// prints: RangeError on
// memory: 32MiB
// jit: true false
for (;;) { try { new ArrayBuffer(4 * 2 ** 30); } catch (e) { console.log(e.name); break; } }
console.log('on');
