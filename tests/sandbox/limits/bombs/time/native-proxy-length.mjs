// verdict: wall-limit
// memory: 32MiB
// jit: true false
// wall: 300ms
// long: only
Array.prototype.forEach.call(new Proxy({}, { get: (t, k) => (k === 'length' ? 2 ** 53 - 1 : undefined), has: () => false }), () => {});
