import { sum as rest } from './m196.mjs';
export const sum = rest + 195;
