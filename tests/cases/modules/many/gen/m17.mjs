import { sum as rest } from './m18.mjs';
export const sum = rest + 17;
