import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
attempt('too much', () => fs.writeFileSync('/data/new', new Uint8Array(400000)));
await attemptLater('too much, later', () => fs.promises.writeFile('/data/other', new Uint8Array(400000)));
attempt('fits', () => fs.writeFileSync('/data/small', 'x'));
attempt('left', () => fs.readdirSync('/data'));
