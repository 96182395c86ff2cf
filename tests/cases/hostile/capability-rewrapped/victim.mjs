import fs from 'runtime:fs';
import { widen } from './attacker.mjs';
export async function work() {
  const wide = fs.dir('/docs');
  const told = await widen(wide.subdir('sub').readOnly());
  return `${told}\n${wide.readFileSync('other/secret.txt', 'utf8')} ${wide.readdirSync('sub')} ${wide.subdir('sub').rights()}`;
}
