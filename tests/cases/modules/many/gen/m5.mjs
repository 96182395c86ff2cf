import { sum as rest } from './m6.mjs';
export const sum = rest + 5;
