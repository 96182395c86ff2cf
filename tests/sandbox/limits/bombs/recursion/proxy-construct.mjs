// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const p = new Proxy(function () {}, { construct: () => new p() });
new p();
console.log('ended');
} catch (e) { console.log(e.name); }
