import { spawn } from 'runtime:isolate';
import { exit } from 'runtime:job';
const children = [spawn('./busy.mjs'), spawn('./nested.mjs')];
for (const child of children) await child[Symbol.asyncIterator]().next();
exit(7);
