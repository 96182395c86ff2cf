import fs from 'runtime:fs';
const url = new URL('file:///out/first');
const writing = fs.promises.writeFile(url, 'one');
url.pathname = '/in/a';
await writing;
console.log(fs.readdirSync('/out').join(), fs.readFileSync('/in/a', 'utf8'));

// Bytes: copied, or seen as they are now; never beyond their end.
const bytes = new TextEncoder().encode('first');
const one = fs.promises.writeFile('/out/small', bytes);
bytes.fill(120);
await one;
console.log(fs.readFileSync('/out/small', 'utf8'));
const large = new Uint8Array(new ArrayBuffer(1 << 20, { maxByteLength: 1 << 20 })).fill(97);
const two = fs.promises.writeFile('/out/large', large).then(() => 'written', (error) => error.name);
large.buffer.resize(10);
console.log(await two);

const handle = await fs.promises.open('/in/a');
const target = new Uint8Array(new ArrayBuffer(16, { maxByteLength: 16 }));
const three = handle.read(target, 0, 16, 0).then((result) => result.bytesRead, (error) => error.name);
target.buffer.resize(1);
console.log(await three, target.byteLength);
const moved = new Uint8Array(16);
const four = handle.read(moved, 0, 16, 0).then((result) => result.bytesRead, (error) => error.name);
structuredClone(moved.buffer, { transfer: [moved.buffer] });
console.log(await four);
await handle.close();

// What is iterated is a stranger's code, run between two writes: it can end the write, and sees no handle.
function* chunks() {
  yield 'a';
  fs.writeFileSync('/out/from-within', 'b');
  yield { toString: () => 'c' };
}
console.log(await fs.promises.writeFile('/out/chunks', chunks()).then(() => 'written', (error) => `${error.name} ${error.code}`));
console.log(fs.readFileSync('/out/from-within', 'utf8'));
