import { sum as rest } from './m101.mjs';
export const sum = rest + 100;
