import fs from 'runtime:fs';
import { spy, thenable } from './attacker.mjs';
let mine;
export async function work() {
  mine = fs.promises.readFile('/docs/secret.txt', 'utf8');
  const all = await Promise.all([mine, spy, thenable]);
  return `${all.length} ${all[1]} ${all[2]} ${await mine}`;
}
