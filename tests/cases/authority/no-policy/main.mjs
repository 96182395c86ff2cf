import { attempt, attemptLater } from './attempt.mjs';

import fs from 'runtime:fs';
import { env } from 'runtime:job';
attempt('read', () => fs.readFileSync('/main.mjs'));
attempt('list', () => fs.readdirSync('/'));
attempt('write', () => fs.writeFileSync('/x', 'x'));
await attemptLater('later', () => fs.promises.stat('/etc'));
console.log({ ...env }, { ...process.env });
