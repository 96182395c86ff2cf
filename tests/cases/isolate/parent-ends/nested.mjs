import { parent, spawn } from 'runtime:isolate';
const child = spawn('./busy.mjs', { limits: { memory: '16MiB' } });
await child[Symbol.asyncIterator]().next();
await parent.send('ready');
await child.ended;
