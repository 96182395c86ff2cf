import { work } from './victim.mjs';
console.log(work());
