import { sum as rest } from './m252.mjs';
export const sum = rest + 251;
