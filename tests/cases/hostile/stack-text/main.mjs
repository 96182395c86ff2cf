import fs from 'runtime:fs';
import { exit } from 'runtime:job';
const texts = [];
const note = async (action) => {
  try {
    await action();
  } catch (error) {
    texts.push(String(error.stack), JSON.stringify(error), ...Object.getOwnPropertyNames(error).map((name) => String(error[name])));
  }
};
const handleOf = async () => fs.promises.open('/docs/secret.txt');
for (const action of [
  () => fs.readFileSync('/none'), () => fs.promises.readFile('/docs/none'), () => fs.statSync('/docs/\0'), () => fs.dir('/none'), () => fs.dir('/docs').only('delete'),
  () => fs.writeFileSync('/docs/x', 'y'), async () => (await handleOf()).write('x'), async () => { const h = await handleOf(); await h.close(); await h.stat(); },
  () => setTimeout(1), () => new URL('::'), () => atob('%'), () => structuredClone(() => {}), () => exit('x'), () => import('node:child_process'), () => import('./none.mjs'),
  () => fs.promises.open.call(null, {}), () => fs.Dirent.prototype.isFile.call({}), () => Object.getPrototypeOf(fs.dir('/docs')).revoke.call({}), () => process.nextTick(),
  () => new (fs.dir('/docs').constructor)({}, {}), () => console.table(1n, 5), () => new AbortSignal(), () => crypto.getRandomValues({}), () => new TextDecoder('x'), () => new Error().nothing(),
]) await note(action);
for (const value of [fs.readFileSync, fs.dir, fs.dir('/docs').revoke, setTimeout, console.log, URL, Object.getOwnPropertyDescriptor(URL.prototype, 'href').get, Object.getOwnPropertyDescriptor(Object.prototype, 'toString').set, Error]) {
  texts.push(Function.prototype.toString.call(value));
}
const bad = texts.filter((text) => /runtime:face|extensions\/|worker\/|primordials|internals|\.js\b|\/(work|home|tmp|root|usr|proc)\b|capnp|[0-9a-f]{16}/.test(text));
console.log(texts.length > 60, bad);
console.log([...new Set(texts.slice(-9).map((text) => /\[native code\]/.test(text)))].join());
