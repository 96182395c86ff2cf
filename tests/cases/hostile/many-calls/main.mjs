import fs from 'runtime:fs';
let done = 0;
await Promise.all(Array.from({ length: 5000 }, () => fs.promises.stat('/docs/a.txt').then(() => done++)));
console.log(done);
