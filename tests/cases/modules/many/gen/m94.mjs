import { sum as rest } from './m95.mjs';
export const sum = rest + 94;
