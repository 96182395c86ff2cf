import { sum as rest } from './m70.mjs';
export const sum = rest + 69;
