import { sum as rest } from './m270.mjs';
export const sum = rest + 269;
