import { sum as rest } from './m92.mjs';
export const sum = rest + 91;
