import { readFileSync } from 'fs';
export const use = (folder) => folder.readFileSync('a', 'utf8');
export const own = () => readFileSync('/docs/a', 'utf8');
