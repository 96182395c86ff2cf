import { sum as rest } from './m233.mjs';
export const sum = rest + 232;
