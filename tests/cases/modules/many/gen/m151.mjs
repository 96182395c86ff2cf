import { sum as rest } from './m152.mjs';
export const sum = rest + 151;
