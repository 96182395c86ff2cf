import { sum as rest } from './m23.mjs';
export const sum = rest + 22;
