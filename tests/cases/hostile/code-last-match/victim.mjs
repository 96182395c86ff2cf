import fs from 'runtime:fs';
import { look, lookAgain } from './attacker.mjs';
export function work() {
  const text = fs.readFileSync('/docs/secret.txt', 'utf8');
  const found = /(s)3(cret)/.exec(text).length + text.replace(/(\w)(\w)/g, look).length + 'x'.split(/(x)/).length;
  return `${found > 0}\n${look()}\n${lookAgain()}`;
}
