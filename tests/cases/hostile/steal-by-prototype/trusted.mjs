import fs from 'runtime:fs';
export function readConfig() { return fs.readFileSync('/docs/a.txt', 'utf8'); }
