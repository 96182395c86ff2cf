import p from 'p';
import { args } from 'runtime:job';
console.log(p, args.join());
