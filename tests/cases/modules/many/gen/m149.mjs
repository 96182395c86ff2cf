import { sum as rest } from './m150.mjs';
export const sum = rest + 149;
