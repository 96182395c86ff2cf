// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
try {
const p = new Proxy(function () {}, { apply: () => p() });
p();
console.log('ended');
} catch (e) { console.log(e.name); }
