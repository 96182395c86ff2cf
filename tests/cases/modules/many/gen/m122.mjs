import { sum as rest } from './m123.mjs';
export const sum = rest + 122;
