import { stdin } from 'runtime:job';
let total = 0;
let pieces = 0;
for await (const piece of stdin) { total += piece.length; pieces++; }
console.log(total, pieces > 1);
