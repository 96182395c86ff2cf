import { name } from './a.mjs';
export function b() { return 'b knows ' + name + ', '; }
