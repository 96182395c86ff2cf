import fs from 'runtime:fs';
export const read = (path) => fs.readFileSync(path, 'utf8');
