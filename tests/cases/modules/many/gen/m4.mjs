import { sum as rest } from './m5.mjs';
export const sum = rest + 4;
