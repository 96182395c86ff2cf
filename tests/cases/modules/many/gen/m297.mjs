import { sum as rest } from './m298.mjs';
export const sum = rest + 297;
