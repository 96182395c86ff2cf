import { sum as rest } from './m195.mjs';
export const sum = rest + 194;
