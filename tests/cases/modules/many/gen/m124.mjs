import { sum as rest } from './m125.mjs';
export const sum = rest + 124;
