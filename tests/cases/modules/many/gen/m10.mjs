import { sum as rest } from './m11.mjs';
export const sum = rest + 10;
