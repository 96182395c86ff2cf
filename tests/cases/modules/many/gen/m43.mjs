import { sum as rest } from './m44.mjs';
export const sum = rest + 43;
