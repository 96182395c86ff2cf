import { sum as rest } from './m98.mjs';
export const sum = rest + 97;
