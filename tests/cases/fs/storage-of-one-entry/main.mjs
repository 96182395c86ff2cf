import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
attempt('within', () => fs.writeFileSync('/data/a', 'x'.repeat(900)));
attempt('beyond', () => fs.writeFileSync('/data/b', 'x'.repeat(900)));
attempt('elsewhere', () => fs.writeFileSync('/other/b', 'x'.repeat(900)));
