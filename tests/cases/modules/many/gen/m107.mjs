import { sum as rest } from './m108.mjs';
export const sum = rest + 107;
