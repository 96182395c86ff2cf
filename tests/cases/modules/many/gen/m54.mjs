import { sum as rest } from './m55.mjs';
export const sum = rest + 54;
