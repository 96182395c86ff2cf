import { sum as rest } from './m211.mjs';
export const sum = rest + 210;
