import { sum as rest } from './m38.mjs';
export const sum = rest + 37;
