import { spawn } from 'runtime:isolate';

console.log((await spawn('./hoards.mjs', { limits: { memory: '32MiB' } }).ended).verdict);
const held = [];
for (let i = 0; i < 48; i++) held.push(new Uint8Array(2 ** 20).fill(1));
console.log(`${held.length} MiB`);
try { spawn('./hoards.mjs'); } catch (error) { console.log(error.code); }
