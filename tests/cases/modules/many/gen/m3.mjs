import { sum as rest } from './m4.mjs';
export const sum = rest + 3;
