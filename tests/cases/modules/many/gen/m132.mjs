import { sum as rest } from './m133.mjs';
export const sum = rest + 132;
