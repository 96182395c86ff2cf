import { sum as rest } from './m284.mjs';
export const sum = rest + 283;
