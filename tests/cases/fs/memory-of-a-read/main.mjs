import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
fs.readFileSync('/data/sparse');
console.log('read');
