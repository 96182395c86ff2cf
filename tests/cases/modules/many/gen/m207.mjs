import { sum as rest } from './m208.mjs';
export const sum = rest + 207;
