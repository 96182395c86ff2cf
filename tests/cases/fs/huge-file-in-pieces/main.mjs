import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
const handle = await fs.open('/data/sparse');
const piece = new Uint8Array(1 << 20);
let total = 0;
for (let read; (read = (await handle.read(piece, 0, piece.length)).bytesRead) > 0;) total += read;
console.log(total);
await handle.close();
