import { sum as rest } from './m134.mjs';
export const sum = rest + 133;
