import { sum as rest } from './m259.mjs';
export const sum = rest + 258;
