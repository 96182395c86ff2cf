import fs from 'runtime:fs';
import { helper, rebind } from './attacker.mjs';
export async function work() {
  const text = fs.readFileSync('/docs/secret.txt', 'utf8');
  const lines = [helper('abc')];
  rebind();
  try {
    lines.push(helper('abc'));
  } catch (error) {
    lines.push(error.name);
  }
  lines.push(await import('./attacker.mjs'));
  lines.push(await fs.promises.readFile('/docs/secret.txt', 'utf8') === text);
  return lines.join();
}
