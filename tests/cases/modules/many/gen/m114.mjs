import { sum as rest } from './m115.mjs';
export const sum = rest + 114;
