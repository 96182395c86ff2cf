import fs from 'runtime:fs';
console.log(fs.readFileSync('/data/a.txt', 'utf8'));
console.log((await import('./shares.mjs')).default);
await import('./other.mjs');
