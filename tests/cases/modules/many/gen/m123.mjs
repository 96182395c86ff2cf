import { sum as rest } from './m124.mjs';
export const sum = rest + 123;
