import fs, { readFile } from 'runtime:fs';
import * as node from 'node:fs';
import plain from 'fs';
import promises from 'fs/promises';
import { readFile as later } from 'node:fs/promises';
console.log(Object.keys(fs).join() === Object.keys(plain).join(), typeof node.readFileSync, typeof node.promises.stat);
console.log(Object.keys(promises).join() === Object.keys(fs.promises).join(), typeof readFile);
console.log(await later('/x').catch((error) => error.right), await promises.stat('/x').catch((error) => error.right));
