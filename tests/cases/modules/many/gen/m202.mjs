import { sum as rest } from './m203.mjs';
export const sum = rest + 202;
