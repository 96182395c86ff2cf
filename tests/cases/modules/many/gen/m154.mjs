import { sum as rest } from './m155.mjs';
export const sum = rest + 154;
