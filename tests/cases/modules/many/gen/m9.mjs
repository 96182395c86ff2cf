import { sum as rest } from './m10.mjs';
export const sum = rest + 9;
