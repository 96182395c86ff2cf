// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
import fs from 'runtime:fs';
for (;;) fs.stat('/data/file', () => {});
