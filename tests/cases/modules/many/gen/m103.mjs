import { sum as rest } from './m104.mjs';
export const sum = rest + 103;
