import { attempt } from './attempt.mjs';

import fs from 'runtime:fs';
attempt('included', () => fs.readFileSync('/all/base.policy.toml').length);
attempt('other', () => fs.readFileSync('/all/f', 'utf8'));
