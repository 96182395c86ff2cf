import { sum as rest } from './m256.mjs';
export const sum = rest + 255;
