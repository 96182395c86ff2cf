import fs from 'runtime:fs';
import { shown } from './attacker.mjs';
import { take } from './loot.mjs';
export async function work() {
  const folder = fs.dir('/docs');
  const handle = await fs.promises.open('/docs/secret.txt');
  console.log({ secret: fs.readFileSync('/docs/secret.txt', 'utf8'), shown, folder });
  console.log('%o %O %j', handle, [shown, folder], { folder, handle });
  console.dir(handle, { showHidden: true, depth: 9, showProxy: true });
  // All that can be reached from them.
  const seen = new Set();
  const waiting = [folder, handle, fs, folder.promises, fs.promises, await fs.promises.stat('/docs/secret.txt'), fs.readdirSync('/docs', { withFileTypes: true })[0]];
  while (waiting.length > 0) {
    const object = waiting.pop();
    if (Object(object) !== object || seen.has(object)) continue;
    seen.add(object);
    // A token is frozen and has neither properties nor a prototype.
    if (Object.getPrototypeOf(object) === null && Reflect.ownKeys(object).length === 0) take(object);
    waiting.push(Object.getPrototypeOf(object));
    for (const key of Reflect.ownKeys(object)) {
      const { value, get, set } = Object.getOwnPropertyDescriptor(object, key);
      waiting.push(value, get, set);
    }
  }
  await handle.close();
  return seen.size > 100;
}
