import { sum as rest } from './m22.mjs';
export const sum = rest + 21;
