// verdict: memory-limit
// memory: 16MiB
// jit: true false
// long: only
try {
let f = function () {};
for (let i = 0; i < 1e6; i++) f = f.bind();
f.name.length; f.length; f.toString(); console.log(f);
console.log('ended');
} catch (e) { console.log(e.name); }
