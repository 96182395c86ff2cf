import { sum as rest } from './m224.mjs';
export const sum = rest + 223;
