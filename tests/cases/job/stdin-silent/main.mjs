import { stdin } from 'runtime:job';
console.log('ready');
for await (const piece of stdin) console.log(piece.length);
