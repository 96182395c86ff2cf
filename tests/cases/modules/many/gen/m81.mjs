import { sum as rest } from './m82.mjs';
export const sum = rest + 81;
