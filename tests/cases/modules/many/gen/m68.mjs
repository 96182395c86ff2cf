import { sum as rest } from './m69.mjs';
export const sum = rest + 68;
