import fs from 'runtime:fs';
import { alive, attack } from './attacker.mjs';
export async function work() {
  const told = await attack(fs.promises);
  return `${told}\n${await alive()}\n${fs.readFileSync('/docs/secret.txt', 'utf8')}`;
}
