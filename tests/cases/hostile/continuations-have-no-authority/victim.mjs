import fs from 'runtime:fs';
import { attack, tell } from './attacker.mjs';
export async function work() {
  const path = '/docs/secret.txt';
  await fs.promises.readFile(path).then(() => attack('then'));
  await fs.promises.readFile('/docs/none').catch(() => attack('catch'));
  await fs.promises.readFile(path).finally(() => attack('finally'));
  await new Promise((resolve) => { fs.readFile(path, () => resolve(attack('callback'))); });
  await new Promise((resolve) => { setTimeout(() => resolve(attack('timer')), 0); });
  await new Promise((resolve) => { setTimeout(attack, 0, 'timer itself'); setTimeout(resolve, 2); });
  await new Promise((resolve) => { setImmediate(() => resolve(attack('immediate'))); });
  await new Promise((resolve) => { process.nextTick(() => resolve(attack('tick'))); });
  await new Promise((resolve) => { queueMicrotask(() => resolve(attack('microtask'))); });
  await { then: (resolve) => resolve(attack('thenable')) };
  for await (const label of (async function* () { yield attack('generator'); })()) void label;
  try {
    fs.readFileSync(path, { get encoding() { attack('getter'); return 'utf8'; } });
  } catch (error) {
    attack(error.name);
  }
  new AbortController().signal.addEventListener('abort', () => {});
  const target = new EventTarget();
  target.addEventListener('x', () => attack('listener'));
  target.dispatchEvent(new Event('x'));
  `${{ toString: () => attack('toString') }}`;
  structuredClone({ get x() { return attack('clone'); } });
  JSON.stringify({ toJSON: () => attack('toJSON') });
  return `${fs.readFileSync(path, 'utf8')} ${await tell()}`;
}
