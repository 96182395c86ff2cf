import fs from 'runtime:fs';
import { parent } from 'runtime:isolate';

const key = fs.readFileSync('/secrets/key', 'utf8');

// A stand-in for a real signature: what matters here is who can make one.
function sign(text) {
  let sum = 0;
  for (const character of key + text) sum = (sum * 31 + character.codePointAt(0)) >>> 0;
  return sum.toString(16);
}

for await (const text of parent) {
  const amount = Number(/^pay (\d+)$/.exec(text)?.[1]);
  if (amount <= 100) await parent.send({ text, signed: sign(text) });
  else await parent.send({ text, reason: 'refused' });
}
