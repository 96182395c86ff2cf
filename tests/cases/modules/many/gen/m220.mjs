import { sum as rest } from './m221.mjs';
export const sum = rest + 220;
