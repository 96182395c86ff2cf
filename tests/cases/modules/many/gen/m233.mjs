import { sum as rest } from './m234.mjs';
export const sum = rest + 233;
