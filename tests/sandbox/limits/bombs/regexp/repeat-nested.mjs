// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
try {
new RegExp('(?:(?:(?:a{100}){100}){100}){100}').test('a'.repeat(1e6));
console.log('ended');
} catch (e) { console.log(e.name); }
