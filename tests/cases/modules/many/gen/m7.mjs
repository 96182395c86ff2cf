import { sum as rest } from './m8.mjs';
export const sum = rest + 7;
