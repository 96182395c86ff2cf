import { sum as rest } from './m241.mjs';
export const sum = rest + 240;
