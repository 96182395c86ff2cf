import { work } from './victim.mjs';
console.log(await work());
