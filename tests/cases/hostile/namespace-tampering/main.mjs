import victim, { work } from './victim.mjs';
console.log(work(), victim.read());
