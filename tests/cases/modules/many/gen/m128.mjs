import { sum as rest } from './m129.mjs';
export const sum = rest + 128;
