import { sum as rest } from './m180.mjs';
export const sum = rest + 179;
