// verdict: memory-limit
// memory: 16MiB 128MiB 32MiB
// jit: true false
// long: only
const all = [];
const s = new Intl.Segmenter('th');
const text = '\u0e01\u0e02'.repeat(1e5);
for (;;) all.push(s.segment(text));
