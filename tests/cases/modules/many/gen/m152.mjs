import { sum as rest } from './m153.mjs';
export const sum = rest + 152;
