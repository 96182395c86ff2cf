// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = { [Symbol.dispose]() { const s = new DisposableStack(); s.use(o); s.dispose(); } };
o[Symbol.dispose]();
console.log('ended');
} catch (e) { console.log(e.name); }
