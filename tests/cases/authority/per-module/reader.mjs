import fs from 'runtime:fs';
export const read = (path) => fs.readFileSync(path, 'utf8');
export const write = (path) => fs.writeFileSync(path, 'x');
export const readWith = (read, path) => read(path);
