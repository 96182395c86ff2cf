import { sum as rest } from './m62.mjs';
export const sum = rest + 61;
