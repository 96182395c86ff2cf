// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
try {
let A = class {};
for (let i = 0; i < 1e5; i++) A = class extends A {};
new A();
console.log('ended');
} catch (e) { console.log(e.name); }
