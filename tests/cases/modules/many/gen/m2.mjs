import { sum as rest } from './m3.mjs';
export const sum = rest + 2;
