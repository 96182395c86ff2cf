import { sum as rest } from './m135.mjs';
export const sum = rest + 134;
