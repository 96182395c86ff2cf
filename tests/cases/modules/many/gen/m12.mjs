import { sum as rest } from './m13.mjs';
export const sum = rest + 12;
