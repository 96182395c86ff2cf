import { sum as rest } from './m57.mjs';
export const sum = rest + 56;
