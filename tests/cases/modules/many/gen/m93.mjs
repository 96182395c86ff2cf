import { sum as rest } from './m94.mjs';
export const sum = rest + 93;
