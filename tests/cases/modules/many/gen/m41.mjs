import { sum as rest } from './m42.mjs';
export const sum = rest + 41;
