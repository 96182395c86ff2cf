// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
try {
new RegExp('[' + '\\p{L}'.repeat(1e4) + ']', 'u').test('x');
console.log('ended');
} catch (e) { console.log(e.name); }
