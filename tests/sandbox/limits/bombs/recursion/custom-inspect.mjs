// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { [Symbol.for('nodejs.util.inspect.custom')]() { console.log(o); return 'x'; } };
console.log(o);
console.log('ended');
} catch (e) { console.log(e.name); }
