import fs from 'runtime:fs';
import { attempt } from './attempt.mjs';
export function use(label, folder) {
  const read = (name) => (folder === undefined ? fs.readFileSync('/docs/' + name, 'utf8') : folder.readFileSync(name, 'utf8'));
  if (label === 'lent, of that folder') {
    attempt(`${label}, minted`, () => read('a'));
    return;
  }
  for (const name of ['plain/a', 'minted/a', 'holder/a', 'everyone/a']) attempt(`${label}, ${name}`, () => read(name));
}
