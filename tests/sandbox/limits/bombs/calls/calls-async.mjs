// verdict: wall-limit
// memory: 32MiB
// jit: true false
// wall: 500ms
import fs from 'runtime:fs';
const again = () => fs.promises.stat('/data/file').then(again);
for (let i = 0; i < 1000; i++) again();
