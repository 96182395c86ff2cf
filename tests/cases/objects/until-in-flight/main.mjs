import fs from 'runtime:fs';
const dir = fs.dir('/data');
const bytes = new Uint8Array(64 * 1024 * 1024);
// On a machine where it all happens in time, less time is given.
async function within(label, action) {
  for (let ms = 16; ; ms >>= 1) {
    try {
      const got = await action(dir.until(ms));
      if (got !== undefined && got.length !== 67108864) console.log(`${label}: only a part`);
      if (ms === 0) console.log(`${label}: not refused`);
      if (ms === 0) return;
    } catch (error) {
      console.log(`${label}: ${error.reason}`);
      return;
    }
    fs.rmSync('/data/new', { force: true });
  }
}
await within('async', (some) => some.promises.readFile('large'));
await within('sync', (some) => some.readFileSync('large'));
await within('write', (some) => some.promises.writeFile('new', bytes));
console.log('files:', fs.readdirSync('/data').join());
