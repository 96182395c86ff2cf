// verdict: wall-limit
// memory: 128MiB 32MiB
// jit: true false
// wall: 300ms
// long: only
console.log(/^(.*)*\1(.*)*x$/.test('ab'.repeat(40)));
