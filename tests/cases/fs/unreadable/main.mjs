import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
attempt('file', () => fs.readFileSync('/data/secret'));
attempt('folder', () => fs.readdirSync('/data/closed'));
