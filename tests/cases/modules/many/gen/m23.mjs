import { sum as rest } from './m24.mjs';
export const sum = rest + 23;
