import { opening, report } from './loot.mjs';
import { work } from './victim.mjs';
opening();
console.log(await work());
report();
