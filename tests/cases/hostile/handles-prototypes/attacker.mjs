import fs from 'runtime:fs';
import { patch, change } from './loot.mjs';
const own = fs.dir('/own');
const handle = await fs.promises.open('/own/bait.txt');
for (const [label, prototype] of [
  ['Directory', Object.getPrototypeOf(own)], ['FileHandle', Object.getPrototypeOf(handle)], ['chunks', Object.getPrototypeOf(handle[Symbol.asyncIterator]())],
  ['Stats', Object.getPrototypeOf(fs.statSync('/own/bait.txt'))], ['Stats parent', Object.getPrototypeOf(fs.Stats.prototype)],
  ['BigIntStats', Object.getPrototypeOf(fs.statSync('/own/bait.txt', { bigint: true }))], ['Dirent', fs.Dirent.prototype],
]) {
  const keys = Reflect.ownKeys(prototype).filter((key) => typeof Object.getOwnPropertyDescriptor(prototype, key).value === 'function' && key !== 'constructor');
  console.log(label, keys.length > 0);
  for (const key of keys) (patch(`${label}.${String(key)}`, prototype, key));
  change(`${label} method added`, () => { prototype.more = () => {}; });
  change(`${label} parent`, () => { Object.setPrototypeOf(prototype, {}); });
  change(`${label} constructor`, () => { Object.defineProperty(prototype.constructor, Symbol.hasInstance, { value: () => true }); });
}
change('own property of a directory', () => { own.readFile = () => {}; });
change('own property of a handle', () => { handle.read = () => {}; });
change('parent of a handle', () => { Object.setPrototypeOf(handle, {}); });
await handle.close();
