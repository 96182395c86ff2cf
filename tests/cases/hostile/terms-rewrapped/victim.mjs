import fs from 'runtime:fs';
import { spend, keep, use } from './attacker.mjs';
export async function work() {
  const folder = fs.dir('/docs');
  await spend(folder.budget({ calls: 3, bytes: 1000 }));
  const short = folder.until(1000);
  await keep(short);
  while (short.existsSync('secret.txt')) await new Promise((resolve) => setTimeout(resolve, 10));
  await use();
  console.log('victim:', folder.readFileSync('secret.txt', 'utf8'), fs.readFileSync('/docs/secret.txt', 'utf8'));
}
