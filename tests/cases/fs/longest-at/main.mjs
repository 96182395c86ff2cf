import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
attempt('outer', () => fs.writeFileSync('/data/x', 'x'));
attempt('inner read', () => fs.readFileSync('/data/docs/a.txt', 'utf8'));
attempt('inner write', () => fs.writeFileSync('/data/docs/a.txt', 'x'));
attempt('hidden', () => fs.readFileSync('/data/docs/hidden'));
