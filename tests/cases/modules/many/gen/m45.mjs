import { sum as rest } from './m46.mjs';
export const sum = rest + 45;
