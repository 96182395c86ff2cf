import './attacker.mjs';
import { work } from './victim.mjs';
import { opening, report } from './loot.mjs';
opening();
console.log(await work());
report();
