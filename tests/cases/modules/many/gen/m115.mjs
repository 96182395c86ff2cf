import { sum as rest } from './m116.mjs';
export const sum = rest + 115;
