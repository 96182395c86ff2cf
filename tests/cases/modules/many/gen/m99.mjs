import { sum as rest } from './m100.mjs';
export const sum = rest + 99;
