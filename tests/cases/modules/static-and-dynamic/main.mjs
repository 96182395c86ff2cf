import { counter, next } from './lib/counter.mjs';
next();
const again = await import('./lib/../lib/counter.mjs');
again.next();
const third = await import('/lib/counter.mjs');
const fourth = await import('file:///lib/counter.mjs');
console.log(counter, again.counter, third === again, fourth === again);
