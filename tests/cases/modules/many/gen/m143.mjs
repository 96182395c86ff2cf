import { sum as rest } from './m144.mjs';
export const sum = rest + 143;
