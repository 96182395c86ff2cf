// verdict: memory-limit
// memory: 16MiB
// jit: true false
// long: only
const all = [];
Error.stackTraceLimit = Infinity;
function f(n) { try { f(n + 1); } catch (e) { all.push(e.stack); throw new Error('again'); } }
for (;;) { try { f(0); } catch (e) { all.push(e); } }
