import { sum as rest } from './m282.mjs';
export const sum = rest + 281;
