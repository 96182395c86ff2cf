import { spawn } from 'runtime:isolate';
await spawn('./busy.mjs').ended;
console.log('never');
