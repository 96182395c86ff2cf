import fs from 'runtime:fs';
import { spawn } from 'runtime:isolate';

const data = fs.dir('/data');
const child = spawn('./child.mjs', { grants: { docs: data.readOnly() } });
const answers = child[Symbol.asyncIterator]();
const { inner, name } = (await answers.next()).value;
console.log(`parent: ${await inner.readFile('b.txt', 'utf8')}`);
console.log(`parent: ${name}`);
data.revoke();
await child.send('revoked');
await answers.next();
try { inner.readFileSync('b.txt'); } catch (error) { console.log(`parent: ${error.code}`); }
const again = fs.dir('/data');
await child.send(again.readOnly());
again.revoke();
await child.send('go');
console.log(`child: born ended ${(await answers.next()).value}`);
try { spawn('./child.mjs', { grants: { fs } }); } catch (error) { console.log(`parent: ${error.name}`); }
try { spawn('./child.mjs', { grants: { data } }); } catch (error) { console.log(`parent: ${error.code}`); }
child.terminate();
