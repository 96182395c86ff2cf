import fs from 'runtime:fs';
import { tamper } from './attacker.mjs';
export let helper = () => fs.readFileSync('/docs/secret.txt', 'utf8');
export default Object.freeze({ read: () => helper() });
export function work() {
  tamper();
  return helper();
}
