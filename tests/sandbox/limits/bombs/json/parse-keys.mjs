// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
console.log(Object.keys(JSON.parse('{' + Array.from({ length: 1e6 }, (_, i) => `"k${i}":${i}`).join() + '}')).length);
