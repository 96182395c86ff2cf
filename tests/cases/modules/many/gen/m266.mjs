import { sum as rest } from './m267.mjs';
export const sum = rest + 266;
