import { report, steal } from './attacker.mjs';
import { work } from './victim.mjs';
await steal(Promise.resolve(0));
console.log(await work());
report();
