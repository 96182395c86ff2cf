import { sum as rest } from './m49.mjs';
export const sum = rest + 48;
