import fs from 'runtime:fs';
import { spawn } from 'runtime:isolate';
const child = spawn('./child.mjs', { grants: { data: fs.dir('/data') } });
const { usage } = await child.ended;
console.log(usage.wallNs, usage.cpuNs);
try { spawn('./data/plugin.mjs'); } catch (error) { console.log(error.code); }
