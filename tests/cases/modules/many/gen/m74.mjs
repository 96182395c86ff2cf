import { sum as rest } from './m75.mjs';
export const sum = rest + 74;
