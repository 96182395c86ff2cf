import { sum as rest } from './m114.mjs';
export const sum = rest + 113;
