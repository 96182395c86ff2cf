import { attempt } from './attempt.mjs';
import fs from 'runtime:fs';
import * as dot from './lib/.dot.mjs';
import * as upper from './Lib/upper.mjs';
attempt('dot', dot.read);
for (const path of ['/d*cs/a', '/docs/a', '/d**cs/a', '/[x]/{a,b}', '/[x]/a', '/x/a']) attempt(path, () => fs.readFileSync(path, 'utf8'));
attempt('Upper', upper.read);
