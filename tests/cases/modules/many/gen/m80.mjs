import { sum as rest } from './m81.mjs';
export const sum = rest + 80;
