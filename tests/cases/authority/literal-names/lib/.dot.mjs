import fs from 'runtime:fs'; export const read = () => fs.readFileSync('/d*cs/a', 'utf8');
