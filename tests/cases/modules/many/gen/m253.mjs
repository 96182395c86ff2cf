import { sum as rest } from './m254.mjs';
export const sum = rest + 253;
