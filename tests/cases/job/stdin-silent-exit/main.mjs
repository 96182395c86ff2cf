import { exit, stdin } from 'runtime:job';
setTimeout(() => exit(6), 50);
for await (const piece of stdin) console.log(piece.length);
