// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
let a = [];
for (let i = 0; i < 1e5; i++) a = [a];
String(a);
console.log('ended');
} catch (e) { console.log(e.name); }
