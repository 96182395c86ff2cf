import { sum as rest } from './m65.mjs';
export const sum = rest + 64;
