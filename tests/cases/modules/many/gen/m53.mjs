import { sum as rest } from './m54.mjs';
export const sum = rest + 53;
