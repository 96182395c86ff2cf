import { sum as rest } from './m131.mjs';
export const sum = rest + 130;
