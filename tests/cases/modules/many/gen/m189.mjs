import { sum as rest } from './m190.mjs';
export const sum = rest + 189;
