import { sum as rest } from './m265.mjs';
export const sum = rest + 264;
