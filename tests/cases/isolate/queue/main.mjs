import fs from 'runtime:fs';
import { spawn } from 'runtime:isolate';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const flood = spawn('./flood.mjs');
const answers = flood[Symbol.asyncIterator]();
await sleep(200);
let inOrder = true;
let ahead = 0;
for (let i = 0; i < 500; i++) {
  const { number, settled } = (await answers.next()).value;
  inOrder &&= number === i;
  ahead = Math.max(ahead, settled - i);
}
console.log(`bounded: ${ahead <= 66}`);
console.log(`500 in order: ${inOrder}`);
console.log(`after the end: ${(await answers.next()).done}`);
console.log((await flood.ended).verdict);
console.log((await flood.send(1).catch((error) => error)).code);

const deaf = spawn('./deaf.mjs');
let sent = 0;
for (let i = 0; i < 100; i++) deaf.send(new Uint8Array(100_000)).then(() => { sent++; }, () => {});
const received = deaf[Symbol.asyncIterator]().next();
console.log(await fs.promises.readFile('/data/a.txt', 'utf8'));
await sleep(100);
console.log(`bounded: ${sent <= 6}`);
deaf.terminate();
await received;
