import { sum as rest } from './m74.mjs';
export const sum = rest + 73;
