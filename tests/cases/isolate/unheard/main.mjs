import { spawn } from 'runtime:isolate';

const limits = { memory: '16MiB' };
const unheard = [];
try {
  for (;;) {
    const child = spawn('./says.mjs', { limits });
    unheard.push(child);
    await child.ended;
  }
} catch (error) {
  console.log(error.code, unheard.length > 7 && unheard.length < 12);
}
let messages = 0;
for (const child of unheard) for await (const message of child) messages += message.length === 250_000;
console.log(messages === 2 * unheard.length);
console.log((await spawn('./says.mjs', { limits }).ended).verdict);
