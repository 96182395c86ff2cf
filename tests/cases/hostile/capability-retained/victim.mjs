import fs from 'runtime:fs';
import { keep, use } from './attacker.mjs';
export async function work() {
  const folder = fs.dir('/docs');
  const first = await keep(folder);
  folder.revoke();
  return `${first}\n${await use()}\n${fs.readFileSync('/docs/secret.txt', 'utf8')} ${fs.dir('/docs').readFileSync('secret.txt', 'utf8')}`;
}
