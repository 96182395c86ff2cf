import { sum as rest } from './m17.mjs';
export const sum = rest + 16;
