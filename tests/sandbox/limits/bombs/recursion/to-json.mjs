// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
try {
const o = { toJSON: () => JSON.stringify(o) };
JSON.stringify(o);
console.log('ended');
} catch (e) { console.log(e.name); }
