import { sum as rest } from './m48.mjs';
export const sum = rest + 47;
