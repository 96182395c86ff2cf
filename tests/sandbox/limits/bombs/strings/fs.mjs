// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
import fs from 'runtime:fs';
let s = 'x';
while (s.length < 2 ** 28) s += s;
try { fs.readFileSync('/' + s); } catch (e) { console.log(e.name); }
