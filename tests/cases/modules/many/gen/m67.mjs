import { sum as rest } from './m68.mjs';
export const sum = rest + 67;
