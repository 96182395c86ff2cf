import { exit } from 'runtime:job';
exit(7);
