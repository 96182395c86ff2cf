// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
class A extends Array { static get [Symbol.species]() { return new A().map((x) => x); } }
new A(1, 2).map((x) => x);
console.log('ended');
} catch (e) { console.log(e.name); }
