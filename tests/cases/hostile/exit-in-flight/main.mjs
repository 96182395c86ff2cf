import fs from 'runtime:fs';
import { exit } from 'runtime:job';
const block = new Uint8Array(250000);
for (let i = 0; i < 100; i++) { fs.promises.writeFile(`/data/f${i}`, block).catch(() => {}); fs.promises.readFile('/data/in').catch(() => {}); }
setTimeout(exit, 3, 9);
