import { sum as rest } from './m1.mjs';
export const sum = rest + 0;
