import { sum as rest } from './m171.mjs';
export const sum = rest + 170;
