import { exit } from 'runtime:job';
console.log('x'.repeat(200000));
exit(9);
