import { a } from './a.mjs';
console.log(a());
