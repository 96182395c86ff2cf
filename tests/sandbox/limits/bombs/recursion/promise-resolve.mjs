// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
try {
let p = Promise.resolve();
for (let i = 0; i < 1e6; i++) p = Promise.resolve(p).then(() => p);
await p;
console.log('ended');
} catch (e) { console.log(e.name); }
