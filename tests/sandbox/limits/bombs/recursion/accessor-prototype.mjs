// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const o = Object.create({ get x() { return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(o), 'x').get.call(o); } });
o.x;
console.log('ended');
} catch (e) { console.log(e.name); }
