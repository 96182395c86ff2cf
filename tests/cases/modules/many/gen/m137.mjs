import { sum as rest } from './m138.mjs';
export const sum = rest + 137;
