import { sum as rest } from './m243.mjs';
export const sum = rest + 242;
