import fs from 'runtime:fs';
import { attack } from './attacker.mjs';
export async function work() {
  const text = fs.readFileSync('/docs/secret.txt', 'utf8');
  const timer = setTimeout(() => {}, 5, text);
  const ran = new Promise((resolve) => {
    setTimeout(function (given) { resolve(`${given} ${Reflect.ownKeys(this).length} ${Object.getPrototypeOf(this) === Object.getPrototypeOf(timer)}`); }, 1, text);
  });
  const numbered = new Promise((resolve) => { void +setTimeout(resolve, 1, text); });
  const immediate = new Promise((resolve) => { setImmediate(resolve, text); });
  const told = attack();
  const interval = await new Promise((resolve) => { const every = setInterval((given) => { clearInterval(every); resolve(given); }, 1, text); });
  return `${told}\n${await ran} ${await numbered} ${await immediate} ${interval}`;
}
