// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
try {
/(?:a|b|c|d)*x/.test('a'.repeat(5e7));
console.log('ended');
} catch (e) { console.log(e.name); }
