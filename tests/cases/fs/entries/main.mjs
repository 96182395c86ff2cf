import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
attempt('one', () => fs.writeFileSync('/data/1', ''));
attempt('two', () => fs.mkdirSync('/data/2'));
attempt('three', () => fs.mkdirSync('/data/2/a/b/c', { recursive: true }));
attempt('overwrite', () => fs.writeFileSync('/data/1', 'again'));
