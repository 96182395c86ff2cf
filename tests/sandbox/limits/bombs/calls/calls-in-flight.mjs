// verdict: wall-limit
// memory: 32MiB
// jit: true false
// wall: 500ms
import fs from 'runtime:fs';
for (let i = 0; i < 100; i++) fs.promises.readFile('/data/file').then(function again() { return fs.promises.readFile('/data/file').then(again); });
setTimeout(() => { for (;;) {} }, 50);
