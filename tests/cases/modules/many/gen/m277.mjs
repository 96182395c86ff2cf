import { sum as rest } from './m278.mjs';
export const sum = rest + 277;
