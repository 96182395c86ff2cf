import fs from 'runtime:fs';
import { attempt } from '../../attempt.mjs';
attempt('one docs', () => fs.readFileSync('/docs/a.txt', 'utf8'));
attempt('one docs list', () => fs.readdirSync('/docs').length);
attempt('one deep', () => fs.readFileSync('/deep/b.txt', 'utf8'));
