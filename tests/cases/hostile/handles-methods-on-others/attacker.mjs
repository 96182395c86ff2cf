import fs from 'runtime:fs';
const own = fs.dir('/own');
const handle = await fs.promises.open('/own/bait.txt');
const Directory = own.constructor;
const FileHandle = handle.constructor;
export async function attack(target) {
  const answers = new Set();
  const attempt = async (action) => {
    try {
      answers.add(String(await action()));
    } catch (error) {
      answers.add(`${error.name} ${error.code ?? ''}`.trim());
    }
  };
  const fakes = [target, {}, { __proto__: own }, { __proto__: handle }, Object.create(Directory.prototype), Object.create(FileHandle.prototype), new Proxy(own, {}), new Proxy(handle, {}), null, '/docs', fs];
  for (const fake of fakes) {
    for (const key of ['readFileSync', 'dir', 'readOnly', 'revoke', 'rights']) await attempt(() => Directory.prototype[key].call(fake, 'secret.txt'));
    for (const key of ['readFile', 'stat', 'close', 'sync']) await attempt(() => FileHandle.prototype[key].call(fake));
  }
  for (const make of [
    () => new Directory(), () => new Directory({}, {}), () => Reflect.construct(Directory, [target, target]), () => new (class extends Directory {})(), () => new FileHandle({}, {}, {}),
    () => Reflect.construct(FileHandle, [target, {}, { readable: true }]), () => Reflect.construct(Object, [], Directory).readFileSync('secret.txt'), () => structuredClone(own), () => structuredClone(handle),
  ]) await attempt(make);
  return [...answers].sort().join('\n');
}
export async function alive() {
  return `${own.readFileSync('bait.txt', 'utf8')} ${await handle.readFile('utf8')}`;
}
