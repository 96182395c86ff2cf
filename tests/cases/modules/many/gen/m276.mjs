import { sum as rest } from './m277.mjs';
export const sum = rest + 276;
