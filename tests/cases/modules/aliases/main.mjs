import fs, { readFile } from 'runtime:fs';
import * as node from 'node:fs';
import plain from 'fs';
import promises from 'fs/promises';
import { readFile as later } from 'node:fs/promises';
console.log(node.readFile === readFile, plain === fs, promises === fs.promises, later === fs.promises.readFile);
