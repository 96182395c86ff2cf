import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
fs.writeFileSync('/out/a.txt', 'made');
console.log(fs.existsSync('/out/a.txt'));
