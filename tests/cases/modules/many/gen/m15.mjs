import { sum as rest } from './m16.mjs';
export const sum = rest + 15;
