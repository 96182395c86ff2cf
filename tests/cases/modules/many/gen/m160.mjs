import { sum as rest } from './m161.mjs';
export const sum = rest + 160;
