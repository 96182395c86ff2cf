import { sum as rest } from './m179.mjs';
export const sum = rest + 178;
