import fs from 'runtime:fs';
import { callbacks, text } from './attacker.mjs';
export async function work() {
  const lines = [];
  const attempt = async (label, make) => {
    try {
      lines.push(`${label}: ${await (await make())()}`);
    } catch (error) {
      lines.push(`${label}: ${error.name} ${error.message}`);
    }
  };
  for (const [name, callback] of Object.entries(callbacks)) {
    await attempt(name, () => callback(text[name]));
    await attempt(`${name} by map`, () => [text[name]].map((one) => callback(one))[0]);
    await attempt(`${name} by map itself`, () => [text[name]].map(callback.bind(null, text[name]))[0]);
    await attempt(`${name} by then`, () => Promise.resolve(text[name]).then(callback));
    await attempt(`${name} by a call of fs`, () => new Promise((resolve) => { fs.stat('/docs/secret.txt', () => resolve(callback(text[name]))); }));
    await attempt(`${name} by JSON`, () => JSON.parse('["x"]', () => callback(text[name])));
  }
  lines.push(await import('runtime:fs').then((module) => module.readFileSync('/docs/secret.txt', 'utf8')));
  return lines.join('\n');
}
