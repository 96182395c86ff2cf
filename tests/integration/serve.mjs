// node serve.mjs PROGRAM NAME: the scenario NAME of serve/, against the whole service over real sockets.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Bench } from './serve/bench.mjs';

const [binary, name] = process.argv.slice(2);
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'serve');
const bench = new Bench(binary);
const { default: scenario } = await import(path.join(folder, `${name}.mjs`));
try {
  await scenario(bench);
} catch (error) {
  bench.faults.push(error.stack ?? String(error));
} finally {
  await bench.end();
}
for (const fault of bench.faults) console.error(`${name}: ${fault}`);
if (bench.faults.length > 0) console.error(bench.said());
process.exit(bench.faults.length > 0 ? 1 : 0);
