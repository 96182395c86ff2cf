import { sum as rest } from './m175.mjs';
export const sum = rest + 174;
