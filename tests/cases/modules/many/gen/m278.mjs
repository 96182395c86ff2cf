import { sum as rest } from './m279.mjs';
export const sum = rest + 278;
