// verdict: wall-limit
// memory: 32MiB
// jit: true false
// wall: 500ms
// long: only
import fs from 'runtime:fs';
for (;;) fs.statSync('/data/file');
