// The time of reading 64 MiB in one call, as one line of JSON: run by node and by secure-runtime alike.
//   large.mjs FOLDER ROUNDS
import fs from "node:fs";

const [folder, rounds] = [process.argv.at(-2), Number(process.argv.at(-1))];
const samples = [];
for (let i = 0; i <= rounds; i++) {
  const start = performance.now();
  const bytes = await fs.promises.readFile(`${folder}/large`);
  if (bytes.length !== 64 * 1024 * 1024) throw new Error(`read ${bytes.length} bytes`);
  if (i > 0) samples.push(performance.now() - start);
}
console.log(JSON.stringify({ largeMs: samples.sort((a, b) => a - b)[samples.length >> 1] }));
