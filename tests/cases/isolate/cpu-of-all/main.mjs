import { spawn } from 'runtime:isolate';
const children = [];
for (let i = 0; i < 4; i++) children.push(spawn('./busy.mjs', { limits: { memory: '16MiB', cpu: '1h' } }));
await Promise.all(children.map((child) => child.ended));
console.log('never');
