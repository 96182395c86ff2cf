import { parent } from 'runtime:isolate';
console.log('ready');
await parent.send('ready');
for (;;) {}
