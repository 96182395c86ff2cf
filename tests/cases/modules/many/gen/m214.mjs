import { sum as rest } from './m215.mjs';
export const sum = rest + 214;
