import fs from 'runtime:fs';
import { grants } from 'runtime:isolate';
import { env } from 'runtime:job';
import inner from './inner.mjs';

console.log('vault:', fs.readFileSync('/secrets/key', 'utf8'), env.KEY, inner);
await import('../lib.mjs').catch((error) => console.log('vault:', error.code));
console.log('vault:', grants.own.readFileSync('file', 'utf8'));
