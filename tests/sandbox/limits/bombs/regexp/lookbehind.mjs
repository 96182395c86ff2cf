// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
try {
new RegExp('(?<='.repeat(2e4) + ')'.repeat(2e4)).test('x');
console.log('ended');
} catch (e) { console.log(e.name); }
