import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
console.log(typeof fs.openSync, typeof fs.readSync, typeof fs.watch, typeof fs.symlinkSync, typeof fs.linkSync, typeof fs.chmodSync, typeof fs.chownSync);
console.log(fs.constants.R_OK, typeof fs.promises.readFile);
