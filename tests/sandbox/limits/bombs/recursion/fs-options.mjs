// verdict: ok
// prints: RangeError
// memory: 32MiB
// jit: true false
// long: only
try {
const fs = (await import('runtime:fs')).default;
const o = { get encoding() { fs.readFileSync('/x', o); } };
fs.readFileSync('/x', o);
console.log('ended');
} catch (e) { console.log(e.name); }
