import './attacker.mjs';
import { opening, report } from './loot.mjs';
import { work } from './victim.mjs';
opening();
await work();
report();
