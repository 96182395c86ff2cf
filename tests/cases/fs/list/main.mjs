import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
attempt('names', () => fs.readdirSync('/docs'));
attempt('types', () => fs.readdirSync('/docs', { withFileTypes: true }).map((e) => [e.name, e.isDirectory(), e.isSymbolicLink()]));
attempt('recursive', () => fs.readdirSync('/docs', { recursive: true }).sort());
await attemptLater('promises', () => fs.promises.readdir('/docs/sub'));
attempt('read', () => fs.readFileSync('/docs/a.txt'));
attempt('stat', () => fs.statSync('/docs/a.txt'));
attempt('above', () => fs.readdirSync('/'));
