import { sum as rest } from './m41.mjs';
export const sum = rest + 40;
