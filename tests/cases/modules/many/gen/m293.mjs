import { sum as rest } from './m294.mjs';
export const sum = rest + 293;
