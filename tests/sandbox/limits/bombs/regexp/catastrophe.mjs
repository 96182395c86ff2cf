// verdict: wall-limit
// memory: 32MiB 128MiB
// jit: true false
// wall: 300ms
console.log(/^(a+)+$/.test('a'.repeat(64) + 'b'));
