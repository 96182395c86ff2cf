import { sum as rest } from './m14.mjs';
export const sum = rest + 13;
