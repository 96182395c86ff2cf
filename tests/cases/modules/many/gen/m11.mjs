import { sum as rest } from './m12.mjs';
export const sum = rest + 11;
