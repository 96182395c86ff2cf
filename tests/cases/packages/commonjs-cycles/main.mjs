import a, { late, b } from './a.cjs';
import tries from './tries.cjs';
import self from './self.cjs';

console.log(a.late, '/', b.later(), '/', late === a.late);
console.log(tries);
console.log(self);
