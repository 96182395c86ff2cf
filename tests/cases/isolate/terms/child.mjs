import { parent, grants } from 'runtime:isolate';
import fs from 'runtime:fs';
const t = (f) => { try { return f(); } catch (e) { return e.reason ?? e.code; } };
const inbox = parent[Symbol.asyncIterator]();
await parent.send([t(() => grants.few.readFileSync('a', 'utf8')), t(() => grants.brief.readFileSync('a', 'utf8')), t(() => grants.gone.readFileSync('a', 'utf8')), t(() => fs.readFileSync('/docs/a', 'utf8'))]);
await inbox.next();
await parent.send([t(() => grants.few.readFileSync('a', 'utf8')), t(() => grants.few.readFileSync('a', 'utf8')), t(() => grants.gone.readFileSync('a', 'utf8'))]);
await inbox.next();
await parent.send([t(() => grants.brief.readFileSync('a', 'utf8'))]);
