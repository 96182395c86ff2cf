import { sum as rest } from './m26.mjs';
export const sum = rest + 25;
