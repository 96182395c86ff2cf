import { spawn } from 'runtime:isolate';

let ever = 0;
function start(specifier, options) {
  const child = spawn(specifier, options);
  ever++;
  return child;
}
const limits = { memory: '16MiB' };
const waiting = [];
try {
  for (let i = 0; i < 1000; i++) waiting.push(start('./waits.mjs', { limits }));
} catch (error) {
  console.log(`${waiting.length} at once, then ${error.code}`);
}
for (const child of waiting) child.terminate();
for (const child of waiting) await child.ended;

const deep = start('./deeper.mjs', { limits: { memory: '256MiB' } });
await deep.send(1);
for await (const answer of deep) {
  console.log(`${answer.code} at depth ${answer.depth}`);
  ever += answer.depth - 1;
}
try { while (true) waiting.push(start('./waits.mjs', { limits: { memory: '400MiB' } })); } catch (error) { console.log(error.code); }
for (const child of waiting) child.terminate();
for (const child of waiting) await child.ended;
try {
  while (ever < 1000) await start('./empty.mjs', { limits }).ended;
} catch (error) {
  console.log(`${ever} in all, then ${error.code}`);
}
