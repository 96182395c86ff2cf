import { sum as rest } from './m186.mjs';
export const sum = rest + 185;
