import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
attempt('file', () => fs.readFileSync('/readme', 'utf8'));
attempt('beneath', () => fs.readFileSync('/readme/x'));
attempt('beside', () => fs.readFileSync('/b.txt'));
attempt('stat', () => fs.statSync('/readme').isFile());
attempt('write', () => fs.writeFileSync('/readme', 'x'));
