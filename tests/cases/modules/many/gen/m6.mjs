import { sum as rest } from './m7.mjs';
export const sum = rest + 6;
