import { sum as rest } from './m255.mjs';
export const sum = rest + 254;
