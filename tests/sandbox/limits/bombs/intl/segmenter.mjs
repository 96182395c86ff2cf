// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
console.log([...new Intl.Segmenter('en', { granularity: 'word' }).segment('hello '.repeat(3e6))].length);
