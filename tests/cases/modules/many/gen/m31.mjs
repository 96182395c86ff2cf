import { sum as rest } from './m32.mjs';
export const sum = rest + 31;
