// verdict: output-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
try {
let a = {};
for (let i = 0; i < 1e5; i++) a = { a };
console.dir(a, { depth: null });
console.log('ended');
} catch (e) { console.log(e.name); }
