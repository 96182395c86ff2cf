import { sum as rest } from './m253.mjs';
export const sum = rest + 252;
