import { sum } from './gen/m0.mjs';
console.log(sum);
