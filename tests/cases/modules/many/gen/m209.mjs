import { sum as rest } from './m210.mjs';
export const sum = rest + 209;
