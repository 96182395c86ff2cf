// verdict: wall-limit
// memory: 32MiB
// jit: true false
// wall: 500ms
// long: only
import fs from 'runtime:fs';
const all = [];
for (;;) { try { all.push(await fs.promises.open('/data/file')); } catch (e) { if (e.code !== 'EMFILE') throw e; } }
