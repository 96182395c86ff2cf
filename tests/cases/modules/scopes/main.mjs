import a from './vendor/old/a.mjs';
import b from './lib/b.mjs';
import greeter from 'greeter';
import c from './vendor/old/c.cjs';
import fs from 'fs';
console.log(a, b, greeter, c.greeter, '-', c.fs, '-', typeof fs.readFile);
