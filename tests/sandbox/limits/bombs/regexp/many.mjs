// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const all = [];
for (let i = 0; ; i++) { const r = new RegExp('(a|b' + i + ')*c'); r.test('abc'); r.test('ac'); all.push(r); }
