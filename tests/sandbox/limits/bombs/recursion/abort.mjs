// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
try {
const c = new AbortController();
let s = c.signal;
for (let i = 0; i < 1e5; i++) s = AbortSignal.any([s]);
c.abort();
console.log('ended');
} catch (e) { console.log(e.name); }
