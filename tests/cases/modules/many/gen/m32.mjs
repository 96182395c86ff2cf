import { sum as rest } from './m33.mjs';
export const sum = rest + 32;
