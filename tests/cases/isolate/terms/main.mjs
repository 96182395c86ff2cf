import fs from 'runtime:fs';
import { spawn } from 'runtime:isolate';
const root = fs.dir('/docs');
const few = root.budget({ calls: 3 });
const brief = root.until(2_000);
const gone = root.subdir('.');
const child = spawn('./child.mjs', { grants: { few, brief, gone }, limits: { memory: '24MiB' } });
console.log('parent 1', few.readFileSync('a', 'utf8'));
const it = child[Symbol.asyncIterator]();
console.log('child', (await it.next()).value);
gone.revoke();
await child.send('go');
console.log('child', (await it.next()).value);
try { few.readFileSync('a'); } catch (e) { console.log('parent 4', e.reason); }
await new Promise(r => setTimeout(r, 2_100));
await child.send('late');
console.log('child', (await it.next()).value);
console.log((await child.ended).verdict);
