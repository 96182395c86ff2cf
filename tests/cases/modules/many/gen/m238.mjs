import { sum as rest } from './m239.mjs';
export const sum = rest + 238;
