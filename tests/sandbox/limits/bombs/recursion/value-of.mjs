// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
try {
const o = { valueOf() { return +this; } };
+o;
console.log('ended');
} catch (e) { console.log(e.name); }
