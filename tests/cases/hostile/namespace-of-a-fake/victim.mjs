import fs from 'runtime:fs';
export const lend = () => fs;
export const work = () => fs.readFileSync('/docs/secret.txt', 'utf8');
