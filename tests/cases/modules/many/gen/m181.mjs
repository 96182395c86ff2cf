import { sum as rest } from './m182.mjs';
export const sum = rest + 181;
