import { sum as rest } from './m25.mjs';
export const sum = rest + 24;
