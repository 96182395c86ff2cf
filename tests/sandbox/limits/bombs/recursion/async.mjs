// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
let n = 0;
async function f() { n++; await f(); }
await f();
console.log('ended');
} catch (e) { console.log(e.name); }
