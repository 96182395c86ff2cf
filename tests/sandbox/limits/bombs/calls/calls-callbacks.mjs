// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
import fs from 'runtime:fs';
for (;;) fs.stat('/data/file', () => {});
