import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
fs.utimesSync('/data/f', 1000, new Date(2000000));
const s = fs.statSync('/data/f');
console.log(s.atimeMs, s.mtimeMs, s.mtime.toISOString());
