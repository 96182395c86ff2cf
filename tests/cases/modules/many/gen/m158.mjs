import { sum as rest } from './m159.mjs';
export const sum = rest + 158;
