import { sum as rest } from './m84.mjs';
export const sum = rest + 83;
