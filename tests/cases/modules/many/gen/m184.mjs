import { sum as rest } from './m185.mjs';
export const sum = rest + 184;
