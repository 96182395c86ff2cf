import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
fs.readFile('/data/f', 'utf8', (error, text) => {
  console.log(error, text);
  fs.stat('/data/none', (missing, stats) => {
    console.log(missing.code, stats);
    fs.writeFile('/data/g', 'made', (failure) => {
      console.log(failure, fs.readFileSync('/data/g', 'utf8'));
      fs.readFile('/etc/passwd', (denied) => console.log(describe(denied)));
    });
  });
});
console.log('first');
