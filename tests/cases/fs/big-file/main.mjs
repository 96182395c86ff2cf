import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
const bytes = await fs.promises.readFile('/data/big');
console.log(bytes.length, bytes[0], bytes.at(-1));
bytes[bytes.length - 1] = 33;
await fs.promises.writeFile('/data/copy', bytes);
console.log(fs.statSync('/data/copy').size, fs.readFileSync('/data/copy').at(-1));
fs.copyFileSync('/data/copy', '/data/third');
console.log(fs.statSync('/data/third').size);
