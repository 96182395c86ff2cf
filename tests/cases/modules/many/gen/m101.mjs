import { sum as rest } from './m102.mjs';
export const sum = rest + 101;
