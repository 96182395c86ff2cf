import { sum as rest } from './m257.mjs';
export const sum = rest + 256;
