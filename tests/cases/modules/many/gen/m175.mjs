import { sum as rest } from './m176.mjs';
export const sum = rest + 175;
