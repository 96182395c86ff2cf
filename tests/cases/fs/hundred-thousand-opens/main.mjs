import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
let opened = 0;
const codes = new Set();
for (let round = 0; round < 100; round++) {
  await Promise.all(Array.from({ length: 1000 }, () => fs.open('/data/f').then(() => opened++, (error) => codes.add(error.code))));
}
console.log(opened, [...codes]);
