import { sum as rest } from './m197.mjs';
export const sum = rest + 196;
