import { attempt } from './attempt.mjs';

import fs from 'runtime:fs';
attempt('within', () => fs.readFileSync('/all/docs/open/f', 'utf8'));
attempt('beyond', () => fs.readFileSync('/all/docs/f', 'utf8'));
attempt('link', () => fs.readFileSync('/all/docs/open/link', 'utf8'));
attempt('denied', () => fs.readFileSync('/all/docs/open/secret', 'utf8'));
attempt('write', () => fs.writeFileSync('/all/docs/open/f', 'y'));
attempt('ceiling', () => fs.readFileSync('/all/ceiling.policy.toml', 'utf8'));
