import { sum as rest } from './m122.mjs';
export const sum = rest + 121;
