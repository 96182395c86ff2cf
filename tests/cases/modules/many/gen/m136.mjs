import { sum as rest } from './m137.mjs';
export const sum = rest + 136;
