import { sum as rest } from './m232.mjs';
export const sum = rest + 231;
