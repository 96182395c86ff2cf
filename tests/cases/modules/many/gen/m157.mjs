import { sum as rest } from './m158.mjs';
export const sum = rest + 157;
