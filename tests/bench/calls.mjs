// One process's times of fs, as one line of JSON, in microseconds: run by node and by secure-runtime alike.
//   calls.mjs FOLDER ROUNDS
import fs from "node:fs";

const [folder, rounds] = [process.argv.at(-2), Number(process.argv.at(-1))];
const small = Array.from({ length: 64 }, (_, i) => `${folder}/small-${i}`);

function median(samples) {
  return samples.sort((a, b) => a - b)[samples.length >> 1];
}

async function measure(times, action) {
  for (let i = 0; i < times / 10; i++) await action(i);
  const samples = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await action(i);
    samples.push((performance.now() - start) * 1000);
  }
  return median(samples);
}

function measureSync(times, action) {
  for (let i = 0; i < times / 10; i++) action(i);
  const samples = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    action(i);
    samples.push((performance.now() - start) * 1000);
  }
  return median(samples);
}

const figures = {
  statSyncUs: measureSync(rounds, (i) => fs.statSync(small[i % 64])),
  statUs: await measure(rounds, (i) => fs.promises.stat(small[i % 64])),
  readUs: await measure(rounds, (i) => fs.promises.readFile(small[i % 64])),
  read64Us: (await measure(rounds / 20, () => Promise.all(small.map((path) => fs.promises.readFile(path))))) / 64,
};
console.log(JSON.stringify(figures));
