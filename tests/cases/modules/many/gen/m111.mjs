import { sum as rest } from './m112.mjs';
export const sum = rest + 111;
