import fs from 'runtime:fs';
for (let i = 0; i < 5000; i++) fs.statSync('/docs/a.txt');
