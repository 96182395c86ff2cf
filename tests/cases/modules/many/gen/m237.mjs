import { sum as rest } from './m238.mjs';
export const sum = rest + 237;
