import { sum as rest } from './m58.mjs';
export const sum = rest + 57;
