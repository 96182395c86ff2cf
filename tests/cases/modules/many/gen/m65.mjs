import { sum as rest } from './m66.mjs';
export const sum = rest + 65;
