import { env } from 'runtime:job';
console.log(Object.keys(env));
