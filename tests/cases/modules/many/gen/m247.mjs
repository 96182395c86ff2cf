import { sum as rest } from './m248.mjs';
export const sum = rest + 247;
