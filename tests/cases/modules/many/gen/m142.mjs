import { sum as rest } from './m143.mjs';
export const sum = rest + 142;
