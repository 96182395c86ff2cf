import victim from 'victim';
import { opening, report } from './loot.mjs';

opening();
console.log(victim.work());
report();
console.log(globalThis.stolen);
