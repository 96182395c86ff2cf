import { parent } from 'runtime:isolate';
let settled = 0;
const sends = [];
for (let number = 0; number < 500; number++) {
  sends.push(parent.send({ number, get settled() { return settled; } }).then(() => { settled++; }));
  await null;
}
await Promise.all(sends);
