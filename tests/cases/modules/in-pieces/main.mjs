import number from './number.json' with { type: 'json' };
import './blank.mjs';
console.log(number);
