import { sum as rest } from './m20.mjs';
export const sum = rest + 19;
