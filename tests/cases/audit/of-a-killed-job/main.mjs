import fs from 'runtime:fs';
fs.readFileSync('/docs/a.txt');
for (;;) {}
