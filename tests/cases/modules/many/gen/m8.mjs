import { sum as rest } from './m9.mjs';
export const sum = rest + 8;
