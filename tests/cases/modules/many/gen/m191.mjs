import { sum as rest } from './m192.mjs';
export const sum = rest + 191;
