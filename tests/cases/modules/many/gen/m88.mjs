import { sum as rest } from './m89.mjs';
export const sum = rest + 88;
