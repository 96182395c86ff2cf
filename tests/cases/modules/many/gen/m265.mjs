import { sum as rest } from './m266.mjs';
export const sum = rest + 265;
