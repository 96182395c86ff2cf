import { sum as rest } from './m120.mjs';
export const sum = rest + 119;
