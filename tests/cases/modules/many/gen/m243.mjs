import { sum as rest } from './m244.mjs';
export const sum = rest + 243;
