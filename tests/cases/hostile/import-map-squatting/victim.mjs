import runtime from 'runtime:fs';
import node from 'node:fs';
import bare from 'fs';
import helper from 'helper';
import './vendor/evil.mjs';
console.log([runtime, node, bare].map((fs) => typeof fs === 'string' ? fs : fs.readFileSync('/docs/secret.txt', 'utf8')).join(), runtime === node, helper.name);
console.log(import.meta.url, Object.keys(import.meta).join());
import.meta.url = 'runtime:fs';
console.log((await import('./fs.mjs')).default, (await import('./vendor/../fs.mjs')) === (await import('file:///fs.mjs')));
