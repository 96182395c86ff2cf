import fs from 'runtime:fs';
import { attempt } from '../attempt.mjs';
attempt('two docs', () => fs.readFileSync('/docs/a.txt', 'utf8'));
attempt('two docs list', () => fs.readdirSync('/docs').length);
attempt('two deep', () => fs.readFileSync('/deep/b.txt', 'utf8'));
