import { sum as rest } from './m145.mjs';
export const sum = rest + 144;
