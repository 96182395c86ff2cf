import fs from 'runtime:fs';
const counts = new Map();
// Answers differently each time: the first is right.
function changing(values) {
  const object = {};
  for (const [key, [first, then]] of Object.entries(values)) {
    Object.defineProperty(object, key, { enumerable: true, get() {
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count === 1 ? first : then;
    } });
  }
  return object;
}
function shown(label, value) {
  const twice = [...counts].filter(([, count]) => count > 1).map(([key, count]) => `${key} ${count} times`);
  counts.clear();
  console.log(`${label}: ${value}${twice.length > 0 ? ' READ ' + twice : ''}`);
}
const attempt = async (label, action) => {
  let value;
  try {
    value = await action();
  } catch (error) {
    value = `${error.name} ${error.code}`;
  }
  shown(label, value);
};
await attempt('readFileSync', () => fs.readFileSync('/in/a', changing({ encoding: ['utf8', 'hex'], flag: ['r', 'w'] })));
await attempt('readFile', () => fs.promises.readFile('/in/a', changing({ encoding: ['utf8', 'hex'], flag: ['r', 'a+'], signal: [undefined, 5] })));
await attempt('readFile r+', () => fs.promises.readFile('/out/a', changing({ encoding: ['utf8', 'hex'], flag: ['r+', 'w'] })));
await attempt('readFileSync r+', () => fs.readFileSync('/out/a', changing({ encoding: ['utf8', 'hex'], flag: ['r+', 'w'] })));
await attempt('writeFileSync', () => fs.writeFileSync('/out/b', 'x', changing({ encoding: ['utf8', 'hex'], flag: ['w', 'r'], mode: [0o600, 0o777], flush: [true, 5], signal: [undefined, 5] })));
await attempt('writeFile', () => fs.promises.writeFile('/out/b', ['y', 'z'], changing({ encoding: ['utf8', 'hex'], flag: ['w', 'r'], mode: [0o600, -1], flush: [true, 5], signal: [undefined, 5] })));
await attempt('appendFile', () => fs.promises.appendFile('/out/b', 'y', changing({ encoding: ['utf8', 'hex'], flag: ['a', 'r'], mode: [0o600, -1], flush: [false, 5] })));
await attempt('readdir', () => fs.readdirSync('/in', changing({ encoding: ['utf8', 'x'], withFileTypes: [false, true], recursive: [false, 5] })));
await attempt('mkdir', () => fs.mkdirSync('/out/c/d', changing({ recursive: [true, false], mode: [0o700, -1] })));
await attempt('rmdir', () => fs.rmdirSync('/out/c', changing({ recursive: [true, 'no'] })));
await attempt('rm', () => fs.rmSync('/out/none', changing({ recursive: [false, true], force: [true, false], maxRetries: [0, -1], retryDelay: [1, -1] })));
await attempt('stat', () => fs.statSync('/in/none', changing({ bigint: [false, true], throwIfNoEntry: [false, true] })));
await attempt('mkdtemp', () => fs.mkdtempSync('/out/t-', changing({ encoding: ['utf8', 'x'] })).length);
await attempt('realpath', () => fs.realpathSync('/in/a', changing({ encoding: ['utf8', 'x'] })));
const handle = await fs.promises.open('/out/b', 'r+');
await attempt('handle.read', async () => (await handle.read(changing({ buffer: [new Uint8Array(1), new Uint8Array(9)], offset: [0, 5], length: [1, 9], position: [0, 1] }))).bytesRead);
await attempt('handle.write', async () => (await handle.write(new Uint8Array(1), changing({ offset: [0, 5], length: [1, 9], position: [0, 1] }))).bytesWritten);
await attempt('handle.readFile', async () => (await handle.readFile(changing({ encoding: ['utf8', 'x'], signal: [undefined, 5] }))).length);
await attempt('handle.writeFile', () => handle.writeFile('q', changing({ encoding: ['utf8', 'x'], signal: [undefined, 5], flush: [true, false] })));
await handle.close();
await attempt('structuredClone', () => structuredClone(1, changing({ transfer: [[], 5] })));
await attempt('addEventListener', () => new EventTarget().addEventListener('x', () => {}, changing({ capture: [true, false], once: [true, false], passive: [true, false], signal: [undefined, 5] })));
await attempt('TextDecoder', () => new TextDecoder('utf-8', changing({ fatal: [true, false], ignoreBOM: [true, false] })).fatal);
await attempt('rights', () => fs.dir('/out').only(...Object.values(changing({ a: ['read', 'write'] }))).rights());
await attempt('list of rights', () => {
  const list = ['read'];
  let count = 0;
  const sly = new Proxy(list, { get(target, key) { return key === '0' && ++count > 1 ? 'delete' : target[key]; } });
  return `${fs.dir('/out').only(sly).rights()} ${count}`;
});
