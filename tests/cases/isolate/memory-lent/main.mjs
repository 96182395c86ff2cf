import { spawn } from 'runtime:isolate';

const child = spawn('./waits.mjs', { limits: { memory: '32MiB' } });
const held = [];
for (let i = 0; i < 48; i++) held.push(new Uint8Array(2 ** 20).fill(1));
console.log('never', held.length, child);
