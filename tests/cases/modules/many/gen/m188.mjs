import { sum as rest } from './m189.mjs';
export const sum = rest + 188;
