import { sum as rest } from './m274.mjs';
export const sum = rest + 273;
