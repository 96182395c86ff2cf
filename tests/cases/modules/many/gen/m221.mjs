import { sum as rest } from './m222.mjs';
export const sum = rest + 221;
