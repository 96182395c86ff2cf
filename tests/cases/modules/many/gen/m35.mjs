import { sum as rest } from './m36.mjs';
export const sum = rest + 35;
