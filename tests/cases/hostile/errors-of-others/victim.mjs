import fs from 'runtime:fs';
import { spoil } from './attacker.mjs';
export async function work() {
  const lines = [];
  for (const action of [
    () => fs.readFileSync('/docs/none'), () => fs.promises.readFile('/docs/none'), () => fs.readFileSync('/other'), () => fs.writeFileSync('/docs/secret.txt', 'x'), () => fs.promises.open('/docs'), () => fs.promises.readFile('/docs/link'),
    () => fs.readFileSync('/docs/secret.txt/x'), () => fs.truncateSync('/docs/secret.txt', 1.5), () => fs.readFileSync(5), () => structuredClone(() => {}),
  ]) {
    let told = '';
    for (let round = 0; round < 2; round++) {
      try {
        await action();
        lines.push('done');
      } catch (error) {
        if (round === 0) told = spoil(error);
        else lines.push(`${error.name}: ${error.message} | ${told}`);
      }
    }
  }
  return lines.join('\n');
}
