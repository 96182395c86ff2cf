import { sum as rest } from './m268.mjs';
export const sum = rest + 267;
