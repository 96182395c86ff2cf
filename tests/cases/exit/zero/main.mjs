import { exit } from 'runtime:job';
setTimeout(() => {}, 60000);
exit(0);
