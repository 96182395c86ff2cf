// verdict: ok
// prints: RangeError
// memory: 32MiB 128MiB
// jit: true false
try {
const r = /x/;
Object.defineProperty(r, 'exec', { value: () => r.test('x') });
r.test('x');
console.log('ended');
} catch (e) { console.log(e.name); }
