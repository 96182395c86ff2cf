import { sum as rest } from './m201.mjs';
export const sum = rest + 200;
