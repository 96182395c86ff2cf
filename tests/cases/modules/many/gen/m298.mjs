import { sum as rest } from './m299.mjs';
export const sum = rest + 298;
