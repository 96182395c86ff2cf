import plain, { up } from 'plain';
import nested from 'nested';
import linked from 'linked';
import again from './store/linked/linked.mjs';
console.log(plain, up);
console.log(nested);
console.log(linked, again === linked);
console.log((await import('@scope/up/f/deep')).default);
