import { sum as rest } from './m15.mjs';
export const sum = rest + 14;
