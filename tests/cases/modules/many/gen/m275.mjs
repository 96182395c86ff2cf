import { sum as rest } from './m276.mjs';
export const sum = rest + 275;
