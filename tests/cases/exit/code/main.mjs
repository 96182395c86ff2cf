import { exit } from 'runtime:job';
console.log('before');
try { exit(7); } catch { console.log('caught'); } finally { console.log('finally'); }
console.log('after');
