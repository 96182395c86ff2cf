import { sum as rest } from './m106.mjs';
export const sum = rest + 105;
