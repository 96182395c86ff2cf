import fs from 'runtime:fs';
export { readFileSync as readFile, default as renamed } from 'runtime:fs';
export { env } from 'runtime:job';
export default fs;
export const folder = fs.dir('/docs');
export const handle = fs.promises.open('/docs/a');
export const late = () => import('node:fs');
export const makeReader = (path) => () => fs.readFileSync(path, 'utf8');
