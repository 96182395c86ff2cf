import { sum as rest } from './m164.mjs';
export const sum = rest + 163;
