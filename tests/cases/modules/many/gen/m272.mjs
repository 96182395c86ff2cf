import { sum as rest } from './m273.mjs';
export const sum = rest + 272;
