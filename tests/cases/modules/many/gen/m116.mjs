import { sum as rest } from './m117.mjs';
export const sum = rest + 116;
