import { args } from 'runtime:job';
console.log(args, process.argv.slice(2));
