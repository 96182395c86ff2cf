import fs from 'runtime:fs';
console.log(fs.readFileSync('/docs/a.txt', 'utf8'), import.meta.url);
