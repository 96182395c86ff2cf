// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
try {
const o = { [Symbol.toPrimitive]() { return `${this}`; } };
o + 1;
console.log('ended');
} catch (e) { console.log(e.name); }
