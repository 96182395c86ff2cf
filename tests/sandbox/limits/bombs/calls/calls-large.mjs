// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
import fs from 'runtime:fs';
const all = [];
for (;;) all.push(fs.readFileSync('/data/file'));
