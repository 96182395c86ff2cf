import { sum as rest } from './m86.mjs';
export const sum = rest + 85;
