// verdict: wall-limit
// memory: 32MiB 128MiB
// jit: true false
// wall: 300ms
// long: only
console.log(/^(.*)*\1(.*)*x$/.test('ab'.repeat(40)));
