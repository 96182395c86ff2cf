// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const r = new FinalizationRegistry(() => {}); (function f() { r.register({}, 1); f(); })();
console.log('ended');
} catch (e) { console.log(e.name); }
