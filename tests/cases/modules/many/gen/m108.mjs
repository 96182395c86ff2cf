import { sum as rest } from './m109.mjs';
export const sum = rest + 108;
