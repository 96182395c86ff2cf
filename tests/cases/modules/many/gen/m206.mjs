import { sum as rest } from './m207.mjs';
export const sum = rest + 206;
