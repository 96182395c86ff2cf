import { sum as rest } from './m67.mjs';
export const sum = rest + 66;
