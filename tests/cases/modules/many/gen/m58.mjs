import { sum as rest } from './m59.mjs';
export const sum = rest + 58;
