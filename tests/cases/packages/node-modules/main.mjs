import plain, { up } from 'plain';
import nested from 'nested';
import linked from 'linked';
console.log(plain, up);
console.log(nested);
console.log(linked);
console.log((await import('@scope/up/f/deep')).default);
