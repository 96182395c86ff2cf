import fs from 'runtime:fs';
import { describe } from './attempt.mjs';
async function attempt(label, action) {
  try {
    console.log(`${label}:`, await action());
  } catch (error) {
    console.log(`${label}: ${describe(error)} ${error.reason}`);
  }
}
const dir = fs.dir('/data');

const few = dir.budget({ calls: 4 });
await attempt('calls 1', () => few.readFileSync('f').length);
await attempt('calls 2', async () => (await few.promises.readFile('long')).length);  // of three pieces
await attempt('calls 3', () => few.statSync('none'));
const narrowed = few.only('list', 'read');  // no use of files
const wider = narrowed.budget({ calls: 1000 });
await attempt('calls 4', () => narrowed.readdirSync('many').length);
await attempt('calls 5', () => narrowed.readdirSync('many').length);
await attempt('calls 6', () => few.readFileSync('none'));
await attempt('derived', () => narrowed.readFileSync('f'));
await attempt('wider', () => wider.promises.readFile('f'));
await attempt('rights are told first', () => narrowed.only('list').appendFileSync('f', 'x'));

const some = dir.budget({ bytes: 700_000 });
await attempt('bytes, whole', () => some.readFileSync('long').length);
await attempt('bytes, empty', () => some.readFileSync('empty').length);
await attempt('bytes, stat', () => some.statSync('f').size);
await attempt('bytes, write', () => some.writeFileSync('new', 'x'));
console.log('not made:', dir.existsSync('new'));
await attempt('bytes, read', () => some.promises.readFile('f'));

const exact = await dir.budget({ bytes: 10 }).open('f');
await attempt('handle', async () => { const text = await exact.readFile('utf8'); return text + ' ' + text.length; });
const less = await dir.budget({ bytes: 8 }).open('f');
await attempt('handle of too many', async () => {
  const { bytesRead, buffer } = await less.read(new Uint8Array(100));
  return new TextDecoder().decode(buffer.subarray(0, bytesRead)) + ' ' + bytesRead;
});
await attempt('handle, rest', () => less.read(new Uint8Array(100)));
await attempt('chunks', async () => {
  let size = 0;
  for await (const chunk of await dir.budget({ bytes: 10 }).open('f')) size += chunk.length;
  return size;
});

const copies = dir.budget({ bytes: 25 });
await attempt('copy', () => copies.copyFileSync('f', 'copy'));
await attempt('copy again', () => copies.copyFileSync('f', 'other'));

const grown = dir.budget({ bytes: 25 });
await attempt('grow', () => grown.truncateSync('copy', 30));
await attempt('grow again', () => grown.truncateSync('copy', 40));
await attempt('shrink', () => grown.truncateSync('copy', 5));
await attempt('handle, grow', async () => (await grown.open('copy', 'r+')).truncate(11));
console.log('as it was:', dir.statSync('copy').size);

const written = dir.budget({ bytes: 1_000_000, calls: 2 });
await attempt('long write', () => written.writeFileSync('w', 'x'.repeat(600_000)));
await attempt('long write again', () => written.promises.writeFile('w2', 'y'.repeat(600_000)));
console.log('not made:', dir.existsSync('w2'));

// Of forty at once, at least one and at most as many as seconds begin meanwhile.
const slow = dir.budget({ perSecond: 1 });
const began = performance.now();
const at = await Promise.allSettled(Array.from({ length: 40 }, () => slow.promises.stat('f')));
const done = at.filter(({ status }) => status === 'fulfilled').length;
console.log('at once:', done >= 1 && done <= 2 + (performance.now() - began) / 1000);
console.log('refused:', at.every(({ reason }) => reason === undefined || reason.reason === 'perSecond'));
while (!slow.existsSync('f')) await new Promise((resolve) => setTimeout(resolve, 50));
await attempt('none at all', () => dir.budget({ perSecond: 0 }).statSync('f').isFile());
