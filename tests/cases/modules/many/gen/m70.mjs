import { sum as rest } from './m71.mjs';
export const sum = rest + 70;
