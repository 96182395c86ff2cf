import { sum as rest } from './m39.mjs';
export const sum = rest + 38;
