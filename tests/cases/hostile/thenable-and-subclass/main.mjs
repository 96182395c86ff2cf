import fs from 'runtime:fs';
const promise = fs.promises.readFile('/docs/a.txt', 'utf8');
console.log(promise instanceof Promise, Object.getPrototypeOf(promise) === Promise.prototype);
try { Promise.prototype.constructor = class { constructor() { console.log('diverted'); } }; } catch {}
console.log(await fs.promises.readFile('/docs/a.txt', 'utf8'), await promise);
