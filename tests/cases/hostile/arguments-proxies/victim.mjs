import fs from 'runtime:fs';
import { buffer, callback, options, path, text } from './attacker.mjs';
const attempt = async (label, action) => {
  try {
    console.log(`${label}: ${await action()}`);
  } catch (error) {
    console.log(`${label}: ${error.name} ${error.code ?? ''}`);
  }
};
export async function work() {
  await attempt('options', () => fs.readFileSync('/docs/secret.txt', options).length);
  await attempt('path', () => fs.readFileSync(path));
  await attempt('text', () => fs.readFileSync(text));
  await attempt('boxed', () => fs.readFileSync(Object('/docs/secret.txt')));
  await attempt('url', () => fs.readFileSync(new Proxy(new URL('file:///docs/secret.txt'), {})));
  const handle = await fs.promises.open('/docs/secret.txt');
  await attempt('buffer', () => handle.read(buffer, 0, 8));
  await attempt('position', () => handle.read(new Uint8Array(8), 0, 8, text));
  await handle.close();
  await attempt('handle as path', () => fs.promises.readFile(new Proxy(handle, {})));
  await attempt('directory', () => fs.Dirent.prototype.isFile.call(new Proxy(fs.readdirSync('/docs', { withFileTypes: true })[0], {})));
  await attempt('callback', () => new Promise((resolve) => {
    fs.readFile('/none', (error) => { resolve(error.name); });
  }));
}
