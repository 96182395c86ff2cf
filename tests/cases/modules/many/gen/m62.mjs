import { sum as rest } from './m63.mjs';
export const sum = rest + 62;
