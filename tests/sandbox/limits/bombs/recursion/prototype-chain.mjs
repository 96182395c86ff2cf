// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
try {
let o = {};
for (let i = 0; i < 1e6; i++) o = Object.create(o);
o.missing; 'x' in o; for (const k in o) k; o.x = 1;
console.log('ended');
} catch (e) { console.log(e.name); }
