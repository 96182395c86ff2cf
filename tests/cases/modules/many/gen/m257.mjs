import { sum as rest } from './m258.mjs';
export const sum = rest + 257;
