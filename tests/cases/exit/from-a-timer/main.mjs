import { exit } from 'runtime:job';
setTimeout(() => exit(3), 5);
await new Promise(() => { setInterval(() => {}, 1000); });
