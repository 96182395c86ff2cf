import fs from 'runtime:fs';
const root = fs.dir('/data');
const bytes = new Uint8Array(64 * 1024 * 1024);
// What is done before the word reaches the supervisor is done: then once more.
async function end(label, work, undo) {
  for (let i = 0; i < 50; i++) {
    const dir = fs.dir('/data');
    const promise = work(dir.subdir('.').only('read', 'write', 'list', 'create', 'delete').budget({ calls: 1e9 }));
    dir.revoke();
    try {
      await promise;
      undo?.();
    } catch (error) {
      console.log(`${label}: ${error.code}`);
      return;
    }
  }
  console.log(`${label}: never`);
}
await end('read', (dir) => dir.promises.readFile('large'));
await end('write', (dir) => dir.promises.writeFile('new', bytes), () => root.rmSync('new'));
await end('copy', (dir) => dir.promises.copyFile('large', 'copy'), () => root.rmSync('copy'));
await end('list', (dir) => dir.promises.readdir('/', { recursive: true }));
await end('remove', (dir) => dir.promises.rm('gone', { recursive: true }), () => {
  root.mkdirSync('gone');
  for (let i = 0; i < 100; i++) root.writeFileSync(`gone/${i}`, '');
});
const left = root.readdirSync('gone').length;
await new Promise((resolve) => setTimeout(resolve, 100));
console.log('removed since:', left - root.readdirSync('gone').length);

// In the middle of the pieces of a file, while the module copies by its grant.
const dir = fs.dir('/data');
const handle = await dir.subdir('.').open('large');
const own = fs.promises.copyFile('/data/large', '/data/own');
let pieces = 0;
try {
  for (;;) {
    const { bytesRead } = await handle.read(bytes, 0, 262144, 0);
    if (bytesRead > 0 && ++pieces === 3) dir.revoke();
  }
} catch (error) {
  console.log('handle:', pieces, error.code);
}
await own;
console.log('own:', root.statSync('own').size);
console.log('files:', root.readdirSync('.').join());
