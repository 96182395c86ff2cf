import './attacker.mjs';
import fs from 'runtime:fs';
setTimeout(() => console.log('never'), 1000);
fs.promises.readFile('/nothing/of/mine');
