import { sum as rest } from './m293.mjs';
export const sum = rest + 292;
