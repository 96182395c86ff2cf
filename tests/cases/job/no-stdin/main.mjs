import { stdin } from 'runtime:job';
console.log((await stdin.readAll()).length);
