// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
let i = [1].values();
for (let n = 0; n < 1e5; n++) i = i.map((x) => x);
i.next();
console.log('ended');
} catch (e) { console.log(e.name); }
