import { parent, spawn } from 'runtime:isolate';
const depth = (await parent[Symbol.asyncIterator]().next()).value;
try {
  const child = spawn('./deeper.mjs', { limits: { memory: `${256 / 2 ** depth}MiB` } });
  await child.send(depth + 1);
  for await (const answer of child) await parent.send(answer);
} catch (error) {
  await parent.send({ code: error.code, depth });
}
