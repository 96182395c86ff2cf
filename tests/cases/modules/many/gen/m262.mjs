import { sum as rest } from './m263.mjs';
export const sum = rest + 262;
