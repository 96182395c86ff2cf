import { sum as rest } from './m53.mjs';
export const sum = rest + 52;
