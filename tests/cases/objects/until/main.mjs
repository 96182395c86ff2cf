import fs from 'runtime:fs';
import { describe } from './attempt.mjs';
async function attempt(label, action) {
  try {
    console.log(`${label}:`, await action());
  } catch (error) {
    console.log(`${label}: ${describe(error)} ${error.reason}`);
  }
}
const began = Date.now();
const dir = fs.dir('/data');
const long = dir.until(2 ** 32 - 1);
const limited = long.until(1500);
const sub = limited.subdir('sub');
const longer = sub.readOnly().until(3_600_000);
const handle = await longer.open('g');
await attempt('before', () => limited.readFileSync('f', 'utf8'));
await attempt('before, derived', () => longer.readFileSync('g', 'utf8'));
await attempt('none', () => dir.until(0).readFileSync('f'));
while (sub.existsSync('g')) await new Promise((resolve) => setTimeout(resolve, 10));
await attempt('limited', () => limited.readFileSync('f'));
await attempt('missing', () => limited.readFileSync('none'));
await attempt('sub', () => sub.promises.readFile('g'));
await attempt('longer', () => longer.readdirSync('.'));
await attempt('listing', () => limited.promises.readdir('/', { recursive: true }));
await attempt('exists', () => limited.existsSync('f'));
await attempt('handle', () => handle.read(new Uint8Array(1)));
await attempt('new one', () => limited.until(1000));
await attempt('revoke', () => limited.revoke());
await attempt('long one', () => long.readFileSync('f', 'utf8'));
await attempt('grant', () => fs.readFileSync('/data/f', 'utf8'));
console.log('time:', Date.now() - began);
