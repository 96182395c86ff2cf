import fs from 'runtime:fs';
import { climb, spoil } from './attacker.mjs';
export async function work() {
  const secret = fs.readFileSync('/docs/secret.txt', 'utf8');
  const results = [[secret].map(climb).join()];
  results.push(await new Promise((resolve) => { fs.readFile('/docs/secret.txt', (...args) => resolve(climb(0))); }));
  try {
    fs.readFileSync(spoil);
  } catch (error) {
    results.push(error.code);
  }
  setTimeout(climb, 0, 0);
  await new Promise((resolve) => { setTimeout(resolve, 5); });
  results.push(JSON.stringify({ toJSON: climb }), [3, 1].sort(climb).length);
  return results.join();
}
