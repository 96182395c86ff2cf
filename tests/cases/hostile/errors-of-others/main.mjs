import { work } from './victim.mjs';
const text = await work();
console.log(text);
console.log(/\/(work|home|tmp|root|usr|proc|dev)\b/.test(text));
