import { sum as rest } from './m264.mjs';
export const sum = rest + 263;
