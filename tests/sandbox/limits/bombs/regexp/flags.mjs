// verdict: ok
// prints: RangeError
// memory: 32MiB 128MiB
// jit: true false
try {
const r = /x/;
Object.defineProperty(r, 'global', { get: () => r.flags });
r.flags;
console.log('ended');
} catch (e) { console.log(e.name); }
