import './evil.cjs';
import { work } from './victim.mjs';
import victim from './victim.cjs';
console.log(victim());
console.log(work());
