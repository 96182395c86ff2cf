import fs from 'runtime:fs'; export const url = import.meta.url; export const read = () => fs.readFileSync('/docs/a', 'utf8');
