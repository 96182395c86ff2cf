import { sum as rest } from './m251.mjs';
export const sum = rest + 250;
