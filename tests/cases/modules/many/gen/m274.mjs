import { sum as rest } from './m275.mjs';
export const sum = rest + 274;
