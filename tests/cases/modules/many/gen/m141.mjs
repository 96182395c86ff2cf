import { sum as rest } from './m142.mjs';
export const sum = rest + 141;
