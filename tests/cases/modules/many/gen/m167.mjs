import { sum as rest } from './m168.mjs';
export const sum = rest + 167;
