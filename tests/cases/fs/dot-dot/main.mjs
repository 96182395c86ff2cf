import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
attempt('out', () => fs.readFileSync('/docs/../secret.txt'));
attempt('out and in', () => fs.readFileSync('/docs/../docs/a.txt'));
attempt('deep', () => fs.readFileSync('/docs/sub/../../secret.txt'));
attempt('within', () => fs.readFileSync('/docs/sub/../a.txt', 'utf8'));
attempt('after a link', () => fs.readFileSync('/docs/jump/../b.txt', 'utf8'));
attempt('dots', () => fs.readFileSync('/docs/./sub/./b.txt', 'utf8'));
attempt('slashes', () => fs.readFileSync('//docs///a.txt', 'utf8'));
