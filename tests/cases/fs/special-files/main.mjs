import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
attempt('read', () => fs.readFileSync('/data/fifo'));
await attemptLater('open', () => fs.open('/data/fifo', 'r+'));
attempt('write', () => fs.writeFileSync('/data/fifo', 'x'));
attempt('lstat', () => fs.lstatSync('/data/fifo').isFIFO());
attempt('unlink', () => fs.unlinkSync('/data/fifo'));
