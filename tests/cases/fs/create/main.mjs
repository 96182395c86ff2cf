import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
attempt('mkdir', () => fs.mkdirSync('/docs/made'));
attempt('deep', () => fs.mkdirSync('/docs/x/y/z', { recursive: true }));
attempt('file', () => fs.writeFileSync('/docs/new.txt', 'x'));
attempt('both', () => fs.writeFileSync('/both/new.txt', 'made'));
attempt('both, deep', () => fs.writeFileSync('/both/x/new.txt', 'made'));
attempt('temporary', () => /^\/both\/t-[A-Za-z0-9]{6}$/.test(fs.mkdtempSync('/both/t-')));
