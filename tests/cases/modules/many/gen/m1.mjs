import { sum as rest } from './m2.mjs';
export const sum = rest + 1;
