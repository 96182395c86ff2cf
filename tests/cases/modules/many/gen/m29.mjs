import { sum as rest } from './m30.mjs';
export const sum = rest + 29;
