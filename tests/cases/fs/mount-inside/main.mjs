import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
attempt('through', () => fs.readFileSync('/all/data/f'));
