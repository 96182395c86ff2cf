import { attempt, attemptLater } from './attempt.mjs';

import fs from 'runtime:fs';
attempt('policy', () => fs.readFileSync('/all/case.policy.toml').length);
attempt('policy by link', () => fs.readFileSync('/all/link').length);
attempt('audit', () => fs.readFileSync('/all/audit.jsonl').length);
attempt('other', () => fs.readFileSync('/all/f', 'utf8'));
