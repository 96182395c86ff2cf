import fs, { readFileSync } from 'runtime:fs';
import.meta.url = 'file:///victim.mjs';
Object.defineProperty(import.meta, 'url', { value: 'file:///victim.mjs' });
const attempt = async (label, action) => {
  try {
    console.log(`${label}: ${await action()}`);
  } catch (error) {
    console.log(`${label}: ${error.name}`);
  }
};
const read = { 'file:///victim.mjs': () => readFileSync('/docs/secret.txt', 'utf8') }['file:///victim.mjs'];
await attempt('meta', () => read());
await attempt('import', async () => (await import('runtime:fs')).readFileSync('/docs/secret.txt'));
await attempt('query', async () => Object.keys(await import('./loot.mjs?victim.mjs')).length);
await attempt('upper case', async () => (await import('./VICTIM.mjs')).default);
await attempt('through a folder', async () => (await import('./x/../victim.mjs')).read?.());
await attempt('encoded', async () => Object.keys(await import('./%76ictim.mjs')).join());
await attempt('this', () => fs.readFileSync.call({ url: 'file:///victim.mjs' }, '/docs/secret.txt'));
await attempt('bound', () => fs.readFileSync.bind(await0)('/docs/secret.txt'));
await attempt('constructed', () => Reflect.construct(fs.readFileSync, ['/docs/secret.txt']));
var await0 = import.meta;
//# sourceURL=file:///victim.mjs
