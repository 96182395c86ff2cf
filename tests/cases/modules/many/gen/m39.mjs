import { sum as rest } from './m40.mjs';
export const sum = rest + 39;
